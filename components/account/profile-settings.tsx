"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { signInUrl } from "#components/shell/sign-in-url.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { changePassword, signOutEverywhere } from "#lib/client/queries/account.ts";
import { authLimits } from "#lib/kernel/limits/auth.ts";

/** The person's own account: who they are, the password, and every session. */
export function ProfileSettings({ name, email }: { name: string; email: string }) {
  return (
    <>
      <Card title="Account">
        <DefinitionList>
          <Definition term="Name">{name}</Definition>
          <Definition term="E-mail">{email}</Definition>
        </DefinitionList>
      </Card>
      <PasswordCard email={email} />
      <SessionsCard />
    </>
  );
}

function PasswordCard({ email }: { email: string }) {
  const [currentPassword, setCurrentPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword({ currentPassword, newPassword }),
    // Every session has ended, this one too.
    onSuccess: () => window.location.assign(signInUrl("/", "password-changed")),
  });
  const errorOf = (field: string) =>
    change.error instanceof ApiError ? change.error.fieldError(field) : null;
  const ownError = change.error && !errorOf("currentPassword") && !errorOf("newPassword");
  return (
    <Card title="Password">
      <form
        className="grid max-w-md gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!change.isPending) change.mutate();
        }}
      >
        {ownError ? <Notice tone="fail">{messageOf(change.error)}</Notice> : null}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <Field label="Current password" error={errorOf("currentPassword")}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={currentPassword}
              onChange={(event) => setCurrentPassword(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="New password"
          hint={`At least ${authLimits.passwordBytesMin} characters. You sign in again afterwards, everywhere.`}
          error={errorOf("newPassword")}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              required
              minLength={authLimits.passwordBytesMin}
              value={newPassword}
              onChange={(event) => setNewPassword(event.target.value)}
            />
          )}
        </Field>
        <div>
          <Button type="submit" pending={change.isPending || change.isSuccess}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}

function SessionsCard() {
  const [asking, setAsking] = useState(false);
  const end = useMutation({
    mutationFn: signOutEverywhere,
    onSuccess: () => window.location.assign(signInUrl("/", "signed-out")),
  });
  return (
    <Card title="Sessions">
      <div className="flex flex-wrap items-center justify-between gap-3 p-4">
        <p className="text-muted">Ends every session of your account on every device, this one too.</p>
        <Button variant="danger-quiet" onClick={() => setAsking(true)}>
          Sign out everywhere
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere?"
        confirmLabel="Sign out everywhere"
        danger
        pending={end.isPending || end.isSuccess}
        error={end.error ? messageOf(end.error) : null}
        onConfirm={() => end.mutate()}
      >
        Every browser that is signed in as you has to sign in again. API tokens keep working.
      </ConfirmDialog>
    </Card>
  );
}
