"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import { createGatewayKey, gatewayKey, grantsQuery } from "#lib/client/queries/gateways.ts";
import type { CreatedAccessKey } from "#lib/contract/index.ts";
import { ConnectTabs } from "./connect-tabs.tsx";
import { errorOfField, isFieldError } from "./field-errors.ts";
import { useGateway } from "./gateway-context.tsx";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "never", label: "Never expires" },
] as const;

/** Makes a key of the gateway; its secret is shown this one time, with commands that use it. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const [created, setCreated] = useState<CreatedAccessKey | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={created ? `The key ${created.name}` : "New key"}
        className={created ? "max-w-2xl" : ""}
      >
        {created ? <CreatedKey created={created} /> : <NewKeyForm onCreated={setCreated} />}
      </DialogContent>
    </Dialog>
  );
}

function NewKeyForm({ onCreated }: { onCreated: (key: CreatedAccessKey) => void }) {
  const { org, gateway } = useGateway();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<string>("90");
  const create = useMutation({
    mutationFn: () =>
      createGatewayKey(org, gateway.id, {
        name,
        expiresAt:
          lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString(),
      }),
    onSuccess: onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewayKey(org, gateway.id) }),
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <DialogBody className="grid gap-4">
        {create.error && !isFieldError(create.error, ["name", "expiresAt"]) ? (
          <Notice tone="fail">{messageOf(create.error)}</Notice>
        ) : null}
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
          <Field label="Name" hint="Who or what will use it." error={errorOfField(create.error, "name")}>
            {(control) => (
              <Input
                {...control}
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder="billing back end"
                required
                autoFocus
                maxLength={100}
                autoComplete="off"
              />
            )}
          </Field>
          <Field label="Expires" error={errorOfField(create.error, "expiresAt")}>
            {(control) => (
              <Select {...control} value={lifetime} onChange={(event) => setLifetime(event.target.value)}>
                {LIFETIMES.map((option) => (
                  <option key={option.value} value={option.value}>
                    {option.label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" pending={create.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}

function CreatedKey({ created }: { created: CreatedAccessKey }) {
  const { gateway } = useGateway();
  const [slug, setSlug] = useState<string | null>(null);
  const server = gateway.servers.find((candidate) => candidate.serverSlug === slug) ?? gateway.servers[0];
  return (
    <>
      <DialogBody className="grid grid-cols-1 gap-3">
        <SecretOnce value={created.secret} label="key" />
        <NoGrantNotice keyId={created.id} />
        {server ? (
          <div className="min-w-0 rounded-md border">
            <div className="flex flex-wrap items-center gap-2 border-b px-4 py-1.5">
              <p className="font-medium">Ready to use</p>
              {gateway.servers.length > 1 ? (
                <Select
                  aria-label="Server"
                  value={server.serverSlug}
                  onChange={(event) => setSlug(event.target.value)}
                  className="ml-auto max-w-52 text-xs"
                >
                  {gateway.servers.map((candidate) => (
                    <option key={candidate.serverId} value={candidate.serverSlug}>
                      {candidate.serverName}
                    </option>
                  ))}
                </Select>
              ) : (
                <span className="ml-auto truncate text-faint text-xs">{server.serverName}</span>
              )}
            </div>
            <ConnectTabs name={server.serverSlug} url={server.url} credential={created.secret} />
          </div>
        ) : (
          <p className="text-muted text-sm">Attach a server, and the key has something to open.</p>
        )}
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="primary">Done</Button>
        </DialogClose>
      </DialogFooter>
    </>
  );
}

/** A key that no grant covers gets in and may call nothing; that is said where the key is made. */
function NoGrantNotice({ keyId }: { keyId: string }) {
  const { org, gateway } = useGateway();
  const grants = useQuery(grantsQuery(org, gateway.id));
  const isCovered = grants.data?.some(
    ({ subject }) => subject.kind === "everyone" || (subject.kind === "key" && subject.keyId === keyId),
  );
  if (isCovered !== false) return null;
  return <Notice tone="warn">No grant covers this key yet: it gets in, and every call is denied.</Notice>;
}
