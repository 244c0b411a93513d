"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { completeSetup } from "#lib/client/queries/account.ts";
import { signIn } from "#lib/client/session.ts";
import { authLimits } from "#lib/kernel/limits/auth.ts";

const FIELDS = [
  { name: "organizationName", label: "Organization", autoComplete: "organization", type: "text" },
  { name: "name", label: "Your name", autoComplete: "name", type: "text" },
  { name: "email", label: "E-mail", autoComplete: "username", type: "email" },
  { name: "password", label: "Password", autoComplete: "new-password", type: "password" },
] as const;

/** Makes the first organization with its owner, and signs the owner in. */
export function SetupForm({ token: givenToken }: { token: string }) {
  const [values, setValues] = useState({
    token: givenToken,
    organizationName: "",
    name: "",
    email: "",
    password: "",
  });
  const setup = useMutation({
    mutationFn: async () => {
      const result = await completeSetup(values);
      await signIn(values.email.trim(), values.password);
      return result;
    },
    onSuccess: ({ organization }) => window.location.assign(`/${organization.slug}`),
  });
  const set = (name: keyof typeof values) => (event: React.ChangeEvent<HTMLInputElement>) =>
    setValues((current) => ({ ...current, [name]: event.target.value }));
  const errorOf = (name: string) => (setup.error instanceof ApiError ? setup.error.fieldError(name) : null);
  const hasFieldErrors = setup.error instanceof ApiError && setup.error.errors.length > 0;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!setup.isPending) setup.mutate();
      }}
    >
      {setup.error && !hasFieldErrors ? <Notice tone="fail">{setup.error.message}</Notice> : null}
      {givenToken === "" ? (
        <Field
          label="Setup token"
          hint="The server printed it in the terminal when it started."
          error={errorOf("token")}
        >
          {(control) => (
            <Input
              {...control}
              required
              autoFocus
              autoComplete="off"
              spellCheck={false}
              value={values.token}
              onChange={set("token")}
              className="h-9 font-mono"
            />
          )}
        </Field>
      ) : null}
      {FIELDS.map((field, index) => (
        <Field
          key={field.name}
          label={field.label}
          error={errorOf(field.name)}
          hint={field.name === "password" ? `At least ${authLimits.passwordBytesMin} characters.` : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type={field.type}
              name={field.name}
              autoComplete={field.autoComplete}
              required
              autoFocus={index === 0 && givenToken !== ""}
              {...(field.name === "password" ? { minLength: authLimits.passwordBytesMin } : {})}
              value={values[field.name]}
              onChange={set(field.name)}
              className="h-9"
            />
          )}
        </Field>
      ))}
      <Button type="submit" variant="primary" size="lg" pending={setup.isPending || setup.isSuccess}>
        Create organization
      </Button>
    </form>
  );
}
