import { DomainError } from "#lib/kernel/errors.ts";

/**
 * The URL of a connected server in its canonical form. Throws `invalid_input` for another scheme than http or https,
 * for credentials (they would be stored and shown in clear) and for a fragment (it never reaches a server). Whether
 * the address may be reached is decided when it is used, by the data plane.
 */
export function parseUpstreamUrl(text: string): string {
  const url = URL.parse(text.trim());
  const refuse = (code: string, message: string) =>
    new DomainError("invalid_input", message, { errors: [{ path: "upstreamUrl", code, message }] });
  if (!url) throw refuse("invalid_url", "This is not a URL. Write it in full, e.g. https://example.com/mcp.");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refuse("invalid_scheme", "Use an http or https URL.");
  if (url.username !== "" || url.password !== "")
    throw refuse("credentials_in_url", "Leave user name and password out of the URL.");
  if (url.hash !== "") throw refuse("fragment_in_url", "Leave out the part after #.");
  return url.href;
}
