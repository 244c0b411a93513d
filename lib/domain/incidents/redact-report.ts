import { createMark, createRedactor, type Redactor } from "../redaction/index.ts";

/** An address of a person. What stands before the sign is looked at once, from its beginning: notes may be long. */
const EMAIL = /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu;

/** An amount of money, as the product writes it. */
const AMOUNT = /\$\d[\d,]*(?:\.\d+)?/g;

/** A redactor for one report. `key`, e.g. the incident's id, makes equal secrets look equal within it. */
export const reportRedactor = (key: string): Redactor => createRedactor([], createMark(key));

/** The same without addresses of people and amounts of money. */
export const sharedRedactor = (key: string): Redactor => {
  const redact = reportRedactor(key);
  return (text) => redact(text).replace(EMAIL, "[e-mail]").replace(AMOUNT, "[amount]");
};

/** `value`, plain JSON, with every text in it redacted. Names of fields stay: they are ours. */
export function redactedJson<Value>(value: Value, redact: Redactor): Value {
  return walk(value, redact) as Value;
}

function walk(value: unknown, redact: Redactor): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, redact)]));
}
