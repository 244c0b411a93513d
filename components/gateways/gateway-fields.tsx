"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { AccessFields } from "./access-fields.tsx";
import type { GatewayFormValues } from "./gateway-form-values.ts";
import { LimitFields } from "./limit-fields.tsx";
import { OAuthFields } from "./oauth-fields.tsx";

interface GatewayFieldsProps {
  values: GatewayFormValues;
  onChange: (values: GatewayFormValues) => void;
  readOnly: boolean;
  errorOf: (field: string) => string | null;
  autoFocus?: boolean;
}

/** Everything that a gateway is made of, for creating and for changing one. */
export function GatewayFields({
  values,
  onChange,
  readOnly,
  errorOf,
  autoFocus = false,
}: GatewayFieldsProps) {
  const change = (part: Partial<GatewayFormValues>) => onChange({ ...values, ...part });
  return (
    <>
      <Field label="Name" error={errorOf("name")} className="max-w-sm">
        {(control) => (
          <Input
            {...control}
            value={values.name}
            onChange={(event) => change({ name: event.target.value })}
            placeholder="Support agents"
            required
            maxLength={100}
            autoComplete="off"
            autoFocus={autoFocus}
            readOnly={readOnly}
          />
        )}
      </Field>
      <AccessFields
        value={values.access}
        onChange={(access) => change({ access })}
        disabled={readOnly}
        error={errorOf("access")}
      />
      {values.access.includes("oauth") ? (
        <OAuthFields values={values} onChange={change} readOnly={readOnly} errorOf={errorOf} />
      ) : null}
      <LimitFields
        callsPerMinuteMax={values.callsPerMinuteMax}
        concurrentMax={values.concurrentMax}
        onChange={change}
        readOnly={readOnly}
        errorOf={errorOf}
        none="no limit"
      />
    </>
  );
}
