"use client";

import { useId } from "react";
import { cn } from "#components/ui/class-names.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { AgentBudget } from "#lib/contract/index.ts";
import type { BudgetFormPart } from "./budget-form-part.ts";

const CHOICES: readonly { value: AgentBudget["onUnavailable"]; label: string; text: string }[] = [
  {
    value: "deny",
    label: "Deny",
    text: "Calls are denied with a text that says to try again. Nothing is overspent.",
  },
  {
    value: "grace",
    label: "Go on for a while",
    text: "Each node lets calls through up to a fixed amount. It may pass the caps by that much.",
  },
];

/** What stops a loop, whom it is told, and what happens while budgets cannot be asked. */
export function BudgetGuardFields({ values, onChange, readOnly, errorOf }: BudgetFormPart) {
  const name = useId();
  return (
    <div className="grid items-start gap-x-4 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
      <Field
        label="Loop guard"
        hint="The same call, arguments and all, more often than this in a minute pauses the agent. Empty: not watched."
        error={errorOf("loopCallsPerMinuteMax")}
      >
        {(control) => (
          <Input
            {...control}
            value={values.loopCallsPerMinuteMax}
            onChange={(event) => onChange({ ...values, loopCallsPerMinuteMax: event.target.value })}
            inputMode="numeric"
            placeholder="not watched"
            autoComplete="off"
            readOnly={readOnly}
          />
        )}
      </Field>
      <Field
        label="Alerts at percent of the cap"
        hint="Each goes out once a month, to the channels in Settings, Alerts."
        error={errorOf("alertThresholds")}
      >
        {(control) => (
          <Input
            {...control}
            value={values.alertThresholds}
            onChange={(event) => onChange({ ...values, alertThresholds: event.target.value })}
            placeholder="none"
            autoComplete="off"
            readOnly={readOnly}
          />
        )}
      </Field>
      <fieldset className="min-w-0 sm:col-span-2" disabled={readOnly}>
        <legend className="mb-1.5 font-medium">When the budget cannot be asked</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {CHOICES.map((choice) => (
            <label
              key={choice.value}
              className={cn(
                "relative grid content-start gap-0.5 rounded-md border border-line px-3 py-2 transition-colors hover:border-faint/70 has-[:checked]:border-accent has-[:checked]:bg-accent-soft has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring",
                readOnly && "pointer-events-none opacity-60",
              )}
            >
              <span className="flex items-center gap-2 font-medium">
                <input
                  type="radio"
                  name={name}
                  value={choice.value}
                  checked={values.onUnavailable === choice.value}
                  onChange={() => onChange({ ...values, onUnavailable: choice.value })}
                  aria-label={choice.label}
                  aria-describedby={`${name}-${choice.value}`}
                  className="accent-(--color-accent)"
                />
                {choice.label}
              </span>
              <span id={`${name}-${choice.value}`} className="text-muted text-xs">
                {choice.text}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}
