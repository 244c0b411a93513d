"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { QueryError } from "#components/shell/query-error.tsx";
import { Dialog, DialogBody, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { attachServer } from "#lib/client/queries/gateways.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import { serversQuery } from "#lib/client/queries/servers.ts";
import type { ServerListItem } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import { newPublicId, publicUrlOf } from "./public-id.ts";

/** Puts a server behind the gateway, after showing which URL closes and which one opens. */
export function AttachDialog({ onClose }: { onClose: () => void }) {
  const { org, gateway } = useGateway();
  const servers = useQuery(serversQuery(org));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Attach a server to ${gateway.name}`}>
        {servers.data === undefined ? (
          servers.isError ? (
            <QueryError query={servers} title="The servers could not be loaded" />
          ) : (
            <DialogBody aria-busy="true" className="grid gap-3">
              <Skeleton className="h-8 w-full" />
              <Skeleton className="h-20 w-full" />
            </DialogBody>
          )
        ) : servers.data.every((server) => server.gateway !== null) ? (
          <EmptyState
            title={servers.data.length === 0 ? "There is no server yet" : "Every server is behind a gateway"}
          >
            {servers.data.length === 0
              ? "Create a server first; then it can be put behind this gateway."
              : "A server is behind one gateway at most. Detach one from its gateway first."}
          </EmptyState>
        ) : (
          <AttachForm servers={servers.data} onClose={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function AttachForm({ servers, onClose }: { servers: readonly ServerListItem[]; onClose: () => void }) {
  const { org, gateway } = useGateway();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState(() => servers.find((server) => server.gateway === null)?.id ?? "");
  const [publicId, setPublicId] = useState(newPublicId);
  const attach = useMutation({
    mutationFn: () => attachServer(org, chosen, { gatewayId: gateway.id, publicId }),
    onSuccess: (attachment) => {
      notify.success(`${attachment.serverName} is attached`, { description: attachment.url });
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
  const server = servers.find((candidate) => candidate.id === chosen);
  return (
    <DialogForm
      submit={server ? `Attach ${server.name}` : "Attach"}
      disabled={!server}
      pending={attach.isPending}
      onSubmit={() => attach.mutate()}
      error={errorOfForm(attach.error, ["publicId"])}
    >
      <Field label="Server">
        {(control) => (
          <Select {...control} value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {servers.map((candidate) => (
              <option key={candidate.id} value={candidate.id} disabled={candidate.gateway !== null}>
                {candidate.gateway === null
                  ? `${candidate.name} (${candidate.slug})`
                  : `${candidate.name}: behind ${candidate.gateway.name}`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Public id"
        error={errorOfField(attach.error, "publicId")}
        hint="Part of the new URL. This one cannot be guessed; keep it, or write one that people can read."
      >
        {(control) => (
          <Input
            {...control}
            value={publicId}
            onChange={(event) => setPublicId(event.target.value)}
            required
            minLength={8}
            maxLength={63}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            className="font-mono text-xs"
          />
        )}
      </Field>
      {server ? <WhatChanges server={server} publicId={publicId} /> : null}
    </DialogForm>
  );
}

function WhatChanges({ server, publicId }: { server: ServerListItem; publicId: string }) {
  return (
    <dl className="grid gap-2 rounded-md border bg-bg/60 px-3 py-2.5 text-sm">
      <div>
        <dt className="text-faint text-xs">New URL for callers</dt>
        <dd className="break-all font-mono text-xs">{publicUrlOf(server.directUrl, publicId || "…")}</dd>
      </div>
      <div>
        <dt className="text-faint text-xs">Closes to callers at once</dt>
        <dd className="break-all font-mono text-muted text-xs">{server.directUrl}</dd>
      </div>
      <div>
        <dt className="sr-only">Effect</dt>
        <dd className="text-muted text-xs">
          Clients that use the direct URL are refused with a text that names the new one. Smoke tests and the
          dashboard keep working. Detaching opens the direct URL again.
        </dd>
      </div>
    </dl>
  );
}
