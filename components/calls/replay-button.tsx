"use client";

import { RotateCw } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { notify } from "#components/ui/notify.ts";

// Arrives with the first replay.
const ReplayDialog = dynamic(() => import("./replay-dialog.tsx").then((module) => module.ReplayDialog), {
  ssr: false,
});

interface ReplayButtonProps {
  requestId: string;
  tool: string;
  recorded: Readonly<Record<string, unknown>> | null;
}

/** Opens the replay of a tool call; where none can run, it says why when asked. */
export function ReplayButton(props: ReplayButtonProps) {
  const { can } = useOrganization();
  const server = useServer();
  const [isOpen, setOpen] = useState(false);
  const reason = !can("checks:run")
    ? "Your role cannot run checks."
    : server.status !== "active"
      ? "Only an active server can be called. Publish or activate it first."
      : null;
  return (
    <>
      <Button
        size="sm"
        aria-disabled={reason === null ? undefined : true}
        title={reason ?? "Run the same call again as a smoke test"}
        onClick={() => {
          if (reason === null) setOpen(true);
          else notify.info("The call cannot be replayed", { description: reason });
        }}
      >
        <RotateCw aria-hidden="true" />
        Replay
      </Button>
      {isOpen ? <ReplayDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
