import type { LogDrainKind } from "#lib/contract/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { HOP_BY_HOP } from "#lib/kernel/hop-by-hop.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Doors } from "../access/index.ts";

/** Where a drain delivers to, with its headers in clear. */
export interface Sink {
  readonly kind: LogDrainKind;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const invalid = (error: FieldError): DomainError =>
  new DomainError("invalid_input", error.message, { errors: [error] });

/**
 * The URL of a sink in its canonical form. Throws `invalid_input` for credentials (they would be stored and shown in
 * clear), for a fragment (it never arrives) and for this installation itself (each delivery would make a new row to
 * deliver). Whether the address may be reached is decided at each delivery.
 */
export function parseSinkUrl(doors: Pick<Doors, "mcpUrl">, text: string, path = "url"): string {
  const url = URL.parse(text.trim());
  const refuse = (code: string, message: string) => invalid({ path, code, message });
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw refuse("invalid_url", "Write an http or https URL in full, e.g. https://logs.example.com/ingest.");
  if (url.username !== "" || url.password !== "")
    throw refuse(
      "credentials_in_url",
      "Leave user name and password out of the URL; send them as a header, e.g. authorization.",
    );
  if (url.hash !== "") throw refuse("fragment_in_url", "Leave out the part after #.");
  if (url.origin === new URL(doors.mcpUrl("drain")).origin)
    throw refuse(
      "own_address",
      "This is this installation itself: every delivery would make new rows to deliver. Name another address.",
    );
  return url.href;
}

/** What the delivery itself says, or HTTP does. */
const OURS: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
]);

/** `headers` if all of them can be sent with a delivery; throws `invalid_input` with the first that cannot. */
export function checkSinkHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = Object.keys(headers);
  if (names.length > limits.drains.headersMax) {
    const message = `A drain has at most ${limits.drains.headersMax} headers.`;
    throw invalid({ path: "headers", code: "too_many", message });
  }
  for (const name of names) {
    const path = `headers.${name}`;
    if (OURS.has(name) || HOP_BY_HOP.has(name))
      throw invalid({
        path,
        code: "reserved",
        message: `The header ${name} is set by the delivery itself. Choose one such as authorization or x-api-key.`,
      });
    const value = headers[name] ?? "";
    if (value === "" || value.trim() !== value)
      throw invalid({
        path,
        code: "invalid_value",
        message: `Give ${name} a value without spaces before or after it.`,
      });
  }
  return headers;
}

/** What binds the sealed headers to their drain: moved to another one, they do not open. */
const contextOf = (organizationId: string, drainId: string): string =>
  `${organizationId}/${drainId}/drain-headers`;

/** The headers for storage; null for none. */
export const sealSinkHeaders = (
  doors: Pick<Doors, "seal">,
  drain: { organizationId: string; id: string },
  headers: Readonly<Record<string, string>>,
): Uint8Array | null =>
  Object.keys(headers).length === 0
    ? null
    : doors.seal(JSON.stringify(headers), contextOf(drain.organizationId, drain.id));

/** The sink of a stored drain. Throws when its headers do not open, e.g. after the encryption key was changed. */
export function openSink(
  doors: Pick<Doors, "unseal">,
  drain: { organizationId: string; id: string; kind: LogDrainKind; url: string; headers: Uint8Array | null },
): Sink {
  const { kind, url } = drain;
  if (drain.headers === null) return { kind, url, headers: {} };
  const text = doors.unseal(drain.headers, contextOf(drain.organizationId, drain.id));
  return { kind, url, headers: JSON.parse(text) as Record<string, string> };
}
