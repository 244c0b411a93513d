"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { CreatedAccessKey, KeyUse } from "#lib/contract/index.ts";
import { CreatedKey } from "./created-key.tsx";
import { expiryOf, LIFETIME_DEFAULT, LifetimeField } from "./lifetime.tsx";

interface NewKeyProps {
  create: (input: { name: string; expiresAt: string | null; use: KeyUse }) => Promise<CreatedAccessKey>;
  /** Whether the key may be for a widget in somebody's page; an agent's keys are the agent's, wherever it runs. */
  mayEmbed: boolean;
  /** What is read again afterwards. */
  queryKey: readonly unknown[];
}

interface NewKeyDialogProps extends NewKeyProps {
  onClose: () => void;
  /** What is shown below the secret: how to use it. */
  usage: (created: CreatedAccessKey) => ReactNode;
}

/** Makes a key; its secret is shown this one time. */
export function NewKeyDialog({ usage, onClose, ...form }: NewKeyDialogProps) {
  const [created, setCreated] = useState<CreatedAccessKey | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={created ? `The key ${created.name}` : "New key"}
        className={created ? "max-w-2xl" : ""}
      >
        {created ? (
          <CreatedKey created={created} usage={usage} />
        ) : (
          <NewKeyForm {...form} onCreated={setCreated} />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface NewKeyFormProps extends NewKeyProps {
  onCreated: (key: CreatedAccessKey) => void;
}

function NewKeyForm({ create, mayEmbed, queryKey, onCreated }: NewKeyFormProps) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState(LIFETIME_DEFAULT);
  const [use, setUse] = useState<KeyUse>("external");
  const creating = useMutation({
    mutationFn: () =>
      create({
        name,
        use,
        expiresAt: expiryOf(lifetime),
      }),
    onSuccess: onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return (
    <DialogForm
      submit="Create key"
      pending={creating.isPending}
      onSubmit={() => creating.mutate()}
      error={errorOfForm(creating.error, ["name", "expiresAt"])}
    >
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
        <Field label="Name" hint="Who or what will use it." error={errorOfField(creating.error, "name")}>
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
        <LifetimeField
          value={lifetime}
          onChange={setLifetime}
          error={errorOfField(creating.error, "expiresAt")}
        />
      </div>
      {mayEmbed ? (
        <Field
          label="Used by"
          hint={
            use === "embed"
              ? "Whoever opens the page can read it: grant it little, and give it a limit. Its calls count as source embed."
              : "Its calls count as source external."
          }
        >
          {(control) => (
            <Select
              {...control}
              value={use}
              onChange={(event) => setUse(event.target.value === "embed" ? "embed" : "external")}
            >
              <option value="external">A client, script or back end</option>
              <option value="embed">An embed (a widget in a web page)</option>
            </Select>
          )}
        </Field>
      ) : null}
    </DialogForm>
  );
}
