"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { gatewayLimits } from "#lib/kernel/limits/gateways.ts";

interface LimitFieldsProps {
  callsPerMinuteMax: string;
  concurrentMax: string;
  onChange: (change: { callsPerMinuteMax?: string; concurrentMax?: string }) => void;
  readOnly: boolean;
  errorOf: (field: string) => string | null;
  /** What an empty field means. */
  none: string;
}

/** How much one caller may call on one server. */
export function LimitFields(props: LimitFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Calls per minute"
        optional
        hint={`Of one caller on one server. Empty: ${props.none}.`}
        error={props.errorOf("callsPerMinuteMax")}
      >
        {(control) => (
          <Input
            {...control}
            type="number"
            inputMode="numeric"
            min={1}
            max={gatewayLimits.callsPerMinuteMax}
            step={1}
            value={props.callsPerMinuteMax}
            onChange={(event) => props.onChange({ callsPerMinuteMax: event.target.value })}
            readOnly={props.readOnly}
          />
        )}
      </Field>
      <Field
        label="Calls at the same time"
        optional
        hint={`Of one caller on one server. Empty: ${props.none}.`}
        error={props.errorOf("concurrentMax")}
      >
        {(control) => (
          <Input
            {...control}
            type="number"
            inputMode="numeric"
            min={1}
            max={gatewayLimits.concurrentMax}
            step={1}
            value={props.concurrentMax}
            onChange={(event) => props.onChange({ concurrentMax: event.target.value })}
            readOnly={props.readOnly}
          />
        )}
      </Field>
    </div>
  );
}
