"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { signIn } from "#lib/client/session.ts";

const SECOND_MS = 1_000;

/** E-mail and password. `leadsTo` is a path of this site that was already checked. */
export function SignInForm({ leadsTo, email: givenEmail = "" }: { leadsTo: string; email?: string }) {
  const [email, setEmail] = useState(givenEmail);
  const [password, setPassword] = useState("");
  const attempt = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    // A whole new page: nothing of an earlier person stays in memory.
    onSuccess: () => window.location.assign(leadsTo),
    onError: () => setPassword(""),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!attempt.isPending) attempt.mutate();
      }}
    >
      {attempt.error ? <Notice tone="fail">{refusal(attempt.error)}</Notice> : null}
      <Field label="E-mail">
        {(control) => (
          <Input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            autoFocus={givenEmail === ""}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            autoFocus={givenEmail !== ""}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className="h-9"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" pending={attempt.isPending || attempt.isSuccess}>
        Sign in
      </Button>
    </form>
  );
}

function refusal(error: Error): string {
  if (!(error instanceof ApiError) || error.status !== 429) return error.message;
  return error.retryAfterSeconds === null
    ? "Too many attempts. Wait a while, then try again."
    : `Too many attempts. Try again in ${formatDuration(error.retryAfterSeconds * SECOND_MS)}.`;
}
