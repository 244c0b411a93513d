"use client";

import { Maximize2 } from "lucide-react";
import Link from "next/link";
import { buttonStyle } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { LiveLogViewer } from "./live-log-viewer.tsx";
import type { WatchedServer } from "./watched-server.ts";

interface LiveLogModalProps {
  organization: string;
  server: WatchedServer;
  onClose: () => void;
}

/** The modal with the live log of a server, open while it is mounted; apart, so that the viewer loads when it is wanted. */
export function LiveLogModal({ organization, server, onClose }: LiveLogModalProps) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
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
