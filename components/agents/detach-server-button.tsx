"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { agentsKey, detachServerFromAgent } from "#lib/client/queries/agents.ts";
import type { AgentServer } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";

/** Takes a server away from the agent, after saying what stops. */
export function DetachServerButton({ server }: { server: AgentServer }) {
  const { org, agent } = useAgent();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const detach = useMutation({
    mutationFn: () => detachServerFromAgent(org, agent.id, server.serverId),
    onSuccess: () => {
      setAsking(false);
      notify.success(`${server.serverName} is detached from ${agent.name}`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-label={`Detach ${server.serverName}`}
        onClick={() => setAsking(true)}
      >
        Detach
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) detach.reset();
        }}
        title={`Detach ${server.serverName} from ${agent.name}?`}
        confirmLabel="Detach server"
        danger
        pending={detach.isPending}
        error={detach.error ? messageOf(detach.error) : null}
        onConfirm={() => detach.mutate()}
      >
        Its calls to this server are denied within two seconds, whatever the grants of the gateway say. Other
        callers of the server notice nothing.
      </ConfirmDialog>
    </>
  );
}
