"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import type { CreatedAccessKey } from "#lib/contract/index.ts";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "never", label: "Never expires" },
] as const;

interface NewKeyProps {
  create: (input: { name: string; expiresAt: string | null }) => Promise<CreatedAccessKey>;
  /** What is read again afterwards. */
  queryKey: readonly unknown[];
}

interface NewKeyDialogProps extends NewKeyProps {
  onClose: () => void;
  /** What is shown below the secret: how to use it. */
  usage: (created: CreatedAccessKey) => ReactNode;
}

/** Makes a key; its secret is shown this one time. */
export function NewKeyDialog({ create, queryKey, usage, onClose }: NewKeyDialogProps) {
  const [created, setCreated] = useState<CreatedAccessKey | null>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={created ? `The key ${created.name}` : "New key"}
        className={created ? "max-w-2xl" : ""}
      >
        {created ? (
          <>
            <DialogBody className="grid grid-cols-1 gap-3">
              <SecretOnce value={created.secret} label="key" />
              {usage(created)}
            </DialogBody>
            <DialogFooter>
              <DialogClose asChild>
                <Button variant="primary">Done</Button>
              </DialogClose>
            </DialogFooter>
          </>
        ) : (
          <NewKeyForm create={create} queryKey={queryKey} onCreated={setCreated} />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface NewKeyFormProps extends NewKeyProps {
  onCreated: (key: CreatedAccessKey) => void;
}

function NewKeyForm({ create, queryKey, onCreated }: NewKeyFormProps) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<string>("90");
  const creating = useMutation({
    mutationFn: () =>
      create({
        name,
        expiresAt:
          lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString(),
      }),
    onSuccess: onCreated,
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        creating.mutate();
      }}
    >
      <DialogBody className="grid gap-4">
        {creating.error && !isFieldError(creating.error, ["name", "expiresAt"]) ? (
          <Notice tone="fail">{messageOf(creating.error)}</Notice>
        ) : null}
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
          <Field label="Expires" error={errorOfField(creating.error, "expiresAt")}>
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
        <Button type="submit" variant="primary" pending={creating.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
