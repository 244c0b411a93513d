"use client";

import { Maximize2, ScrollText } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { Button, buttonStyle } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Dialog, DialogContent, DialogTrigger } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { LiveLogViewer } from "./live-log-viewer.tsx";
import type { WatchedServer } from "./watched-server.ts";

interface LiveLogDialogProps {
  /** Id or slug of the organization, as in the address of the page. */
  organization: string;
  server: WatchedServer;
}

/** The button View Logs and the modal it opens: the live log of a server over the page one is on. */
export function LiveLogDialog({ organization, server }: LiveLogDialogProps) {
  const [open, setOpen] = useState(false);
  useCommand({
    id: `view-logs-${server.id}`,
    label: `View logs of ${server.name}`,
    group: "This server",
    icon: ScrollText,
    keys: "l",
    run: () => setOpen(true),
  });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button
          title={server.status === "active" ? undefined : "The server is not active: it writes no lines"}
        >
          <ScrollText aria-hidden="true" />
          View Logs
          <Kbd className="hidden sm:inline-grid">L</Kbd>
        </Button>
      </DialogTrigger>
      <DialogContent
        title={
          <span className="flex items-center gap-2">
            <span className="truncate">Logs of {server.name}</span>
            <Link
              href={`/${organization}/servers/${server.slug}/logs/live`}
              aria-label="Open as a page"
              title="Open as a page"
              className={cn(buttonStyle({ variant: "ghost", size: "icon-sm" }))}
            >
              <Maximize2 aria-hidden="true" />
            </Link>
          </span>
        }
        className="inset-0 h-dvh max-h-dvh max-w-none rounded-none sm:inset-x-4 sm:top-[4vh] sm:bottom-auto sm:h-[90vh] sm:max-h-[90vh] sm:max-w-[1280px] sm:rounded-xl"
        onOpenAutoFocus={(event) => {
          // The keys of the viewer work at once.
          const list =
            event.target instanceof Element ? event.target.querySelector<HTMLElement>("[role=log]") : null;
          if (list === null) return;
          event.preventDefault();
          list.focus({ preventScroll: true });
        }}
        onEscapeKeyDown={(event) => {
          if (event.target instanceof Element && event.target.closest("[data-keeps-escape]"))
            event.preventDefault();
        }}
      >
        <LiveLogViewer organization={organization} server={server} className="mt-2 flex-1 border-t" />
      </DialogContent>
    </Dialog>
  );
}
