"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfForm } from "#components/shell/field-errors.ts";
import { QueryError } from "#components/shell/query-error.tsx";
import { Dialog, DialogBody, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { agentServersQuery, agentsKey, attachServerToAgent } from "#lib/client/queries/agents.ts";
import { serversQuery } from "#lib/client/queries/servers.ts";
import type { ServerListItem } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";

/** Lets the agent call one more server. */
export function AttachServerDialog({ onClose }: { onClose: () => void }) {
  const { org, agent } = useAgent();
  const servers = useQuery(serversQuery(org));
  const attached = useQuery(agentServersQuery(org, agent.id));
  const known = new Set(attached.data?.map(({ serverId }) => serverId));
  const choices = servers.data?.filter(({ id }) => !known.has(id));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Attach a server to ${agent.name}`}>
        {choices === undefined || attached.data === undefined ? (
          servers.isError || attached.isError ? (
            <QueryError
              query={servers.isError ? servers : attached}
              title="The servers could not be loaded"
            />
          ) : (
            <DialogBody aria-busy="true" className="grid gap-3">
              <Skeleton className="h-8 w-full" />
              <Skeleton className="h-12 w-full" />
            </DialogBody>
          )
        ) : choices.length === 0 ? (
          <EmptyState title={known.size === 0 ? "There is no server yet" : "Every server is attached"}>
            {known.size === 0
              ? "Create a server first; then this agent can be allowed to call it."
              : "This agent may call every server of the organization."}
          </EmptyState>
        ) : (
          <AttachForm servers={choices} onClose={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function AttachForm({ servers, onClose }: { servers: readonly ServerListItem[]; onClose: () => void }) {
  const { org, agent } = useAgent();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState(servers[0]?.id ?? "");
  const server = servers.find(({ id }) => id === chosen) ?? servers[0];
  const attach = useMutation({
    mutationFn: (serverId: string) => attachServerToAgent(org, agent.id, serverId),
    onSuccess: (attachment) => {
      notify.success(`${attachment.serverName} is attached to ${agent.name}`, {
        description: "It holds for every call within two seconds.",
      });
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  if (server === undefined) return null;
  return (
    <DialogForm
      submit={`Attach ${server.name}`}
      pending={attach.isPending}
      onSubmit={() => attach.mutate(server.id)}
      error={errorOfForm(attach.error)}
    >
      <Field label="Server">
        {(control) => (
          <Select {...control} value={server.id} onChange={(event) => setChosen(event.target.value)}>
            {servers.map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {`${candidate.name} (${candidate.slug})`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <WayIn server={server} />
    </DialogForm>
  );
}

/** How the agent will get in, and what could still be in its way. */
function WayIn({ server }: { server: ServerListItem }) {
  if (server.gateway !== null)
    return (
      <p className="text-muted text-sm">
        It calls through the gateway <span className="font-medium text-fg">{server.gateway.name}</span>, and
        gets the tools that the gateway's grants give to this agent or to everyone.
      </p>
    );
  if (server.directAccess === "off")
    return (
      <Notice tone="warn">
        The direct URL of this server is off and no gateway stands before it, so nobody can call it yet. Open
        its direct access, or attach it to a gateway.
      </Notice>
    );
  return <p className="text-muted text-sm">It calls the server's direct URL, and gets all of its tools.</p>;
}
