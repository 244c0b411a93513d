/** What stands in the place of a secret. */
const REDACTED = "[redacted]";
/** Matches `password`, `apiToken`, `set-cookie`, `clientSecret`; not `tokenId` or `passwordChangedAt`. */
const SECRET_KEY =
  /(authorization|cookies?|passwords?|secrets?|tokens?|credentials?|api[-_]?keys?|x-mcpstack-internal)$/i;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi;
const QUERY_SECRET = /([?&][^=&\s]*(?:token|secret|password)=)[^&\s]+/gi;
const DEPTH_MAX = 6;
const ITEMS_MAX = 100;
const TEXT_CHARACTERS_MAX = 8_192;

/** `text` without credentials in it, cut to a bound. */
export function redactText(text: string): string {
  const cut = text.length > TEXT_CHARACTERS_MAX ? `${text.slice(0, TEXT_CHARACTERS_MAX)}…` : text;
  return cut
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(QUERY_SECRET, `$1${REDACTED}`);
}

/** A copy of `value` that is safe to log: no secrets by key or by form, errors spelled out, bounded in every direction. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= DEPTH_MAX) return "[deeper]";
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Map) return redact(Object.fromEntries(value), depth);
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, ITEMS_MAX).map((item) => redact(item, depth + 1));
  }
  return redactRecord(value as Record<string, unknown>, depth);
}

function redactRecord(record: Record<string, unknown>, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(record).slice(0, ITEMS_MAX)) {
    const hidden =
      SECRET_KEY.test(key) && typeof item !== "number" && typeof item !== "boolean" && item != null;
    result[key] = hidden ? REDACTED : redact(item, depth + 1);
  }
  return result;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const message = withoutValues(error);
  return {
    ...redactRecord({ ...error, ...(isFailedStatement(error) ? { params: REDACTED } : {}) }, depth),
    name: error.name,
    message: redactText(message),
    // The stack begins with the message.
    stack:
      error.stack === undefined ? undefined : redactText(error.stack.replace(error.message, () => message)),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

/** A failed database statement carries its values, among them hashes and sealed secrets. */
const isFailedStatement = (error: Error): boolean => "query" in error && "params" in error;

/** The error's message; of a failed statement only the statement, which names columns but holds no value. */
function withoutValues(error: Error): string {
  if (!isFailedStatement(error)) return error.message;
  const values = error.message.indexOf("\nparams: ");
  return values === -1 ? error.message : error.message.slice(0, values);
}
