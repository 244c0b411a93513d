import { localhostAllowedHostnames } from "@modelcontextprotocol/server";
import type { AuthSettings } from "#lib/auth/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

const LOOPBACK: ReadonlySet<string> = new Set(localhostAllowedHostnames());

/**
 * Throws `forbidden` for a call from a page that is not ours, as MCP asks of servers. Stricter than REST: a page whose name
 * merely resolves to this machine is same-origin to a browser, and only loopback's own names cannot be such a name.
 */
export function requireKnownOrigin({ publicOrigin }: AuthSettings, headers: Headers): void {
  const origin = headers.get("origin");
  if (origin === null || origin === publicOrigin) return;
  const url = URL.parse(origin);
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  if (url !== null && url.host === host && LOOPBACK.has(url.hostname)) return;
  throw new DomainError("forbidden", "This call came from a page of another site. Call from a program.", {
    details: { reason: "origin" },
  });
}
