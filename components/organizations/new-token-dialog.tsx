"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { expiryOf, LIFETIME_DEFAULT, LifetimeField } from "#components/access-keys/lifetime.tsx";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { apiTokensQuery, createApiToken } from "#lib/client/queries/tokens.ts";
import type { Scope } from "#lib/contract/index.ts";
import { SCOPE_MEANING, SCOPE_NAMES } from "./scopes.ts";

/** Makes an API token with chosen scopes; its secret is shown this one time. */
export function NewTokenDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="New API token">
        <NewTokenForm />
      </DialogContent>
    </Dialog>
  );
}

function NewTokenForm() {
  const { slug: org, scopes: own } = useOrganization();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(
    new Set(
      own.filter((scope) => scope === "servers:read" || scope === "logs:read" || scope === "checks:run"),
    ),
  );
  const [lifetime, setLifetime] = useState(LIFETIME_DEFAULT);
  const create = useMutation({
    mutationFn: () =>
      createApiToken(org, {
        name,
        scopes: [...scopes],
        expiresAt: expiryOf(lifetime),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiTokensQuery(org).queryKey }),
  });
  if (create.data) return <CreatedToken secret={create.data.secret} />;
  const errorOf = (field: string) => errorOfField(create.error, field);
  const toggle = (scope: Scope, on: boolean) => {
    const next = new Set(scopes);
    if (on) next.add(scope);
    else next.delete(scope);
    setScopes(next);
  };
  return (
    <DialogForm
      submit="Create token"
      disabled={scopes.size === 0}
      pending={create.isPending}
      onSubmit={() => create.mutate()}
      error={errorOfForm(create.error, ["name", "expiresAt", "scopes"])}
    >
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
        <Field label="Name" error={errorOf("name")}>
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="deploy pipeline"
              required
              maxLength={100}
              autoComplete="off"
            />
          )}
        </Field>
        <LifetimeField value={lifetime} onChange={setLifetime} error={errorOf("expiresAt")} />
      </div>
      <fieldset className="grid gap-1">
        <legend className="mb-1.5 font-medium">Scopes</legend>
        {SCOPE_NAMES.map((scope) => (
          <ScopeChoice
            key={scope}
            scope={scope}
            checked={scopes.has(scope)}
            disabled={!own.includes(scope)}
            onChange={(on) => toggle(scope, on)}
          />
        ))}
        {errorOf("scopes") ? (
          <p role="alert" className="text-fail text-xs">
            {errorOf("scopes")}
          </p>
        ) : null}
      </fieldset>
    </DialogForm>
  );
}

interface ScopeChoiceProps {
  scope: Scope;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}

function ScopeChoice({ scope, checked, disabled, onChange }: ScopeChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 rounded-md py-0.5">
      <Checkbox
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(on) => onChange(on === true)}
        className="mt-0.5"
      />
      <label htmlFor={id} className="flex min-w-0 flex-1 flex-wrap gap-x-2">
        <span className="w-36 font-mono text-xs leading-5">{scope}</span>
        <span className="text-muted">
          {SCOPE_MEANING[scope]}
          {disabled ? " (your role does not have it)" : null}
        </span>
      </label>
    </div>
  );
}

function CreatedToken({ secret }: { secret: string }) {
  return (
    <ShownOnce>
      <p className="text-muted">
        Send it as <code className="text-xs">Authorization: Bearer …</code>, or set{" "}
        <code className="text-xs">MCPSTACK_API_KEY</code> for the command line.
      </p>
      <SecretOnce value={secret} label="API token" />
    </ShownOnce>
  );
}
