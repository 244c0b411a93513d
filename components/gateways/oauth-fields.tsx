"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { GatewayFormValues } from "./gateway-form-values.ts";

interface OAuthFieldsProps {
  values: GatewayFormValues;
  onChange: (change: Partial<GatewayFormValues>) => void;
  readOnly: boolean;
  errorOf: (field: string) => string | null;
}

/** Which tokens the gateway believes. */
export function OAuthFields({ values, onChange, readOnly, errorOf }: OAuthFieldsProps) {
  const field = (name: "authorizationServerUrl" | "jwksUrl" | "clientId" | "resource" | "scopes") => ({
    value: values[name],
    onChange: (event: { target: { value: string } }) => onChange({ [name]: event.target.value }),
    readOnly,
    spellCheck: false,
    autoCapitalize: "off",
    autoComplete: "off",
    className: "font-mono text-xs",
  });
  return (
    <section aria-label="OAuth" className="grid gap-4 rounded-md border bg-bg/60 p-3.5">
      <Field
        label="Authorization server"
        hint="The issuer of the tokens, exactly as their iss says. Its metadata tells where its keys are."
        error={errorOf("authorizationServerUrl")}
      >
        {(control) => (
          <Input
            {...control}
            {...field("authorizationServerUrl")}
            type="url"
            required
            placeholder="https://login.example.com"
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Audience"
          optional
          hint="What the aud of a token must name. Empty: the public URL of each server."
          error={errorOf("resource")}
        >
          {(control) => (
            <Input {...control} {...field("resource")} type="url" placeholder="https://api.example.com" />
          )}
        </Field>
        <Field
          label="Scopes"
          optional
          hint="Separated by spaces. A token must carry all of them."
          error={errorOf("scopes")}
        >
          {(control) => <Input {...control} {...field("scopes")} placeholder="mcp:read mcp:call" />}
        </Field>
        <Field
          label="Keys of the issuer"
          optional
          hint="Its JWKS URL, if its metadata does not name it."
          error={errorOf("jwksUrl")}
        >
          {(control) => (
            <Input
              {...control}
              {...field("jwksUrl")}
              type="url"
              placeholder="https://login.example.com/jwks"
            />
          )}
        </Field>
        <Field
          label="Client id"
          optional
          hint="Of a client registered there; shown to people who connect."
          error={errorOf("clientId")}
        >
          {(control) => <Input {...control} {...field("clientId")} />}
        </Field>
      </div>
    </section>
  );
}
