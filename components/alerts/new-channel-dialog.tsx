"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { alertsKey, createAlertChannel } from "#lib/client/queries/alerts.ts";

/** Makes a channel; a webhook's secret is shown this one time. */
export function NewChannelDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title="New channel">
        <NewChannelForm onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function NewChannelForm({ onClose }: { onClose: () => void }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<"webhook" | "email">("webhook");
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const create = useMutation({
    mutationFn: () => createAlertChannel(org, { kind, name, target }),
    onSuccess: async (channel) => {
      await queryClient.invalidateQueries({ queryKey: alertsKey(org) });
      if (channel.secret === null) onClose();
    },
  });
  if (create.data?.secret) return <CreatedSecret secret={create.data.secret} />;
  const errorOf = (field: string) => errorOfField(create.error, field);
  return (
    <DialogForm
      submit="Create channel"
      pending={create.isPending}
      onSubmit={() => create.mutate()}
      error={errorOfForm(create.error, ["kind", "name", "target"])}
    >
      <div className="grid gap-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
        <Field label="Kind" error={errorOf("kind")}>
          {(control) => (
            <Select
              {...control}
              value={kind}
              onChange={(event) => setKind(event.target.value === "email" ? "email" : "webhook")}
            >
              <option value="webhook">Webhook</option>
              <option value="email">E-mail</option>
            </Select>
          )}
        </Field>
        <Field label="Name" error={errorOf("name")}>
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="On call"
              required
              maxLength={100}
              autoComplete="off"
            />
          )}
        </Field>
      </div>
      <Field label={kind === "webhook" ? "URL" : "Address"} error={errorOf("target")}>
        {(control) => (
          <Input
            {...control}
            value={target}
            onChange={(event) => setTarget(event.target.value)}
            type={kind === "webhook" ? "url" : "email"}
            placeholder={kind === "webhook" ? "https://hooks.example.com/mcp" : "ops@example.com"}
            required
            autoComplete="off"
          />
        )}
      </Field>
    </DialogForm>
  );
}

function CreatedSecret({ secret }: { secret: string }) {
  return (
    <ShownOnce>
      <SecretOnce label="Signing secret" value={secret} />
      <p className="text-muted">
        The receiver checks the header <code>webhook-signature</code> with it, as Standard Webhooks describe.
        A delivery may come again under the same <code>webhook-id</code>. When an alert has ended, a second
        one follows: its <code>type</code> ends in <code>.resolved</code>, <code>data.id</code> is the same.
      </p>
    </ShownOnce>
  );
}
