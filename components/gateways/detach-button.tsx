"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { detachServer } from "#lib/client/queries/gateways.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { serverQuery } from "#lib/client/queries/servers.ts";
import type { Attachment, DirectAccess } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";

/** What the direct URL does once no gateway stands before it. */
const DIRECT_MEANING: Record<DirectAccess, string> = {
  public: "public: everybody who knows it may call every tool",
  key: "for holders of a key of the server",
  off: "off: it answers nobody",
};

/** Takes a server out of the gateway, after saying which URL closes and which one opens. */
export function DetachButton({ server }: { server: Attachment }) {
  const { org } = useGateway();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const self = useQuery({ ...serverQuery(org, server.serverSlug), enabled: asking });
  const detach = useMutation({
    mutationFn: () => detachServer(org, server.serverId),
    onSuccess: () => {
      setAsking(false);
      notify.success(`${server.serverName} is detached`, { description: "Its direct URL answers again." });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
  return (
    <>
      <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
        Detach
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) detach.reset();
        }}
        title={`Detach ${server.serverName}?`}
        confirmLabel="Detach server"
        danger
        pending={detach.isPending}
        error={detach.error ? messageOf(detach.error) : null}
        onConfirm={() => detach.mutate()}
      >
        <div className="grid gap-2.5 text-left">
          <p>
            <span className="font-medium text-fg">Closes: </span>
            <span className="break-all font-mono text-xs">{server.url}</span>. Clients that use it are refused
            from the next call on. A later attachment gets another URL unless you ask for this one.
          </p>
          <p>
            <span className="font-medium text-fg">Opens again: </span>
            {self.data ? (
              <>
                <span className="break-all font-mono text-xs">{self.data.directUrl}</span>, as its own policy
                says: <span className="text-fg">{DIRECT_MEANING[self.data.directAccess]}</span>.
              </>
            ) : self.isError ? (
              "the direct URL, as the server's own settings say."
            ) : (
              "the direct URL …"
            )}
          </p>
        </div>
      </ConfirmDialog>
    </>
  );
}
