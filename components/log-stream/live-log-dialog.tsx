"use client";

import { ScrollText } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useCommand } from "#components/shell/commands.ts";
import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { WatchedServer } from "./watched-server.ts";

const load = () => import("./live-log-modal.tsx").then((module) => module.LiveLogModal);
const LiveLogModal = dynamic(load, { ssr: false });

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
    <>
      <Button
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(true)}
        title={server.status === "active" ? undefined : "The server is not active: it writes no lines"}
      >
        <ScrollText aria-hidden="true" />
        View Logs
        <Kbd className="hidden sm:inline-grid">L</Kbd>
      </Button>
      {open ? (
        <LiveLogModal organization={organization} server={server} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}
