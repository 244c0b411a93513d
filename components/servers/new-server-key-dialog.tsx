"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { createServerKey, serverKeysQuery } from "#lib/client/queries/gateways.ts";
import type { CreatedAccessKey } from "#lib/contract/index.ts";
import { useServer } from "./server-context.tsx";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
  { days: null, label: "Never expires" },
] as const;

/** Makes a key of the direct URL; its secret is shown this one time, with commands that use it. */
export function NewServerKeyDialog({ onClose }: { onClose: () => void }) {
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
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState("90");
  const create = useMutation({
    mutationFn: () => {
      const days = LIFETIMES.find((option) => String(option.days) === lifetime)?.days ?? null;
      const expiresAt = days === null ? null : new Date(Date.now() + days * DAY_MS).toISOString();
      return createServerKey(org, server.slug, { name, expiresAt });
    },
    onSuccess: onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey: serverKeysQuery(org, server.slug).queryKey }),
  });
  const nameError = create.error instanceof ApiError ? create.error.fieldError("name") : null;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <DialogBody className="grid gap-4">
        {create.error && nameError === null ? <Notice tone="fail">{messageOf(create.error)}</Notice> : null}
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
          <Field label="Name" hint="Who or what will use it." error={nameError}>
            {(control) => (
              <Input
                {...control}
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder="billing back end"
                required
                maxLength={100}
                autoComplete="off"
              />
            )}
          </Field>
          <Field label="Expires">
            {(control) => (
              <Select {...control} value={lifetime} onChange={(event) => setLifetime(event.target.value)}>
                {LIFETIMES.map((option) => (
                  <option key={option.label} value={String(option.days)}>
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
  const server = useServer();
  return (
    <>
      <DialogBody className="grid grid-cols-1 gap-3">
        <SecretOnce value={created.secret} label="key" />
        <div className="min-w-0 rounded-md border">
          <p className="border-b px-4 py-1.5 font-medium">Ready to use</p>
          <ConnectTabs name={server.slug} url={server.directUrl} credential={created.secret} />
        </div>
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="primary">Done</Button>
        </DialogClose>
      </DialogFooter>
    </>
  );
}
