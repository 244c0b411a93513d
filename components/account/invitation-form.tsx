"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { acceptInvitation } from "#lib/client/queries/members.ts";
import { signIn } from "#lib/client/session.ts";
import type { InvitationPreview } from "#lib/contract/index.ts";
import { authLimits } from "#lib/kernel/limits/auth.ts";

/** Joins an organization with the account's password, or with a new one where there is no account yet. */
export function InvitationForm({ token, invitation }: { token: string; invitation: InvitationPreview }) {
  const [password, setPassword] = useState("");
  const join = useMutation({
    mutationFn: async () => {
      const accepted = await acceptInvitation({ token, password });
      await signIn(accepted.email, password);
      return accepted;
    },
    onSuccess: ({ organization }) => window.location.assign(`/${organization.slug}`),
  });
  const fieldError = join.error instanceof ApiError ? join.error.fieldError("password") : null;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!join.isPending) join.mutate();
      }}
    >
      {join.error && !fieldError ? <Notice tone="fail">{join.error.message}</Notice> : null}
      <Field label="E-mail">
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            readOnly
            value={invitation.email}
            className="h-9"
          />
        )}
      </Field>
      <Field
        label={invitation.hasAccount ? "Your password" : "New password"}
        hint={invitation.hasAccount ? undefined : `At least ${authLimits.passwordBytesMin} characters.`}
        error={fieldError}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete={invitation.hasAccount ? "current-password" : "new-password"}
            required
            autoFocus
            {...(invitation.hasAccount ? {} : { minLength: authLimits.passwordBytesMin })}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={join.isPending || join.isSuccess}>
        Join {invitation.organizationName}
      </Button>
    </form>
  );
}
