import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "never", label: "Never expires" },
] as const;

/** How long a new key or token is good for: days, or `never`. */
export type Lifetime = (typeof LIFETIMES)[number]["value"];
export const LIFETIME_DEFAULT: Lifetime = "90";

/** When what is made now with this lifetime expires, RFC 3339 UTC; null for never. */
export const expiryOf = (lifetime: Lifetime): string | null =>
  lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();

interface LifetimeFieldProps {
  value: Lifetime;
  onChange: (lifetime: Lifetime) => void;
  error: string | null;
}

/** Asks how long a new key or token is good for. */
export const LifetimeField = ({ value, onChange, error }: LifetimeFieldProps) => (
  <Field label="Expires" error={error}>
    {(control) => (
      <Select
        {...control}
        value={value}
        onChange={({ target }) =>
          onChange(LIFETIMES.find((option) => option.value === target.value)?.value ?? value)
        }
      >
        {LIFETIMES.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </Select>
    )}
  </Field>
);
