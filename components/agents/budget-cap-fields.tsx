import { Field } from "#components/ui/field.tsx";
import { MoneyInput } from "#components/ui/money-input.tsx";
import type { BudgetFormPart } from "./budget-form-part.ts";
import type { CapField } from "./budget-form-values.ts";

const FIELDS: readonly { field: CapField; label: string; hint: string }[] = [
  {
    field: "monthlyCapMicros",
    label: "Monthly cap of the agent",
    hint: "For all of its calls together, each calendar month in UTC.",
  },
  {
    field: "defaultUserCapMicros",
    label: "Monthly cap of each end user",
    hint: "For everybody who has no cap of their own below.",
  },
  {
    field: "anonymousUserCapMicros",
    label: "Monthly cap of anonymous calls",
    hint: "Shared by all calls that name no end user.",
  },
  {
    field: "sessionCapMicros",
    label: "Cap of one session",
    hint: "For one conversation, each calendar month in UTC.",
  },
];

/** The layers of caps that have one amount each. */
export function BudgetCapFields({ values, onChange, readOnly, errorOf }: BudgetFormPart) {
  return (
    <div className="grid items-start gap-x-4 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
      {FIELDS.map(({ field, label, hint }) => (
        <Field key={field} label={label} hint={hint} error={errorOf(field)}>
          {(control) => (
            <MoneyInput
              {...control}
              value={values[field]}
              onChange={(event) => onChange({ ...values, [field]: event.target.value })}
              placeholder="no cap"
              readOnly={readOnly}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
