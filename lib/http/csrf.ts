import type { AuthSettings } from "#lib/auth/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/** Set by our own client on every unsafe call; another site cannot set it without asking first, and we never allow it. */
export const CSRF_HEADER = "x-mcpstack-csrf";
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * Throws `forbidden` for an unsafe request that another site may have caused. A call that rides on a cookie must carry
 * the CSRF header and come from our own origin; one without a cookie (setup, accepting an invitation) must not come
 * from a foreign origin. Bearer calls are exempt: no browser sends a token by itself.
 */
export function requireSameOrigin(
  settings: AuthSettings,
  request: Request,
  credential: "session" | "apiToken" | "none",
): void {
  if (SAFE_METHODS.has(request.method) || credential === "apiToken") return;
  if (credential === "session" && request.headers.get(CSRF_HEADER) !== "1") {
    throw refusal(`A call with a session cookie needs the header ${CSRF_HEADER}: 1.`);
  }
  if (!isSameOrigin(settings, request.headers, credential === "session")) {
    throw refusal("This call came from another site. Use the dashboard, or an API token.");
  }
}

const refusal = (message: string) => new DomainError("forbidden", message, { details: { reason: "csrf" } });

function isSameOrigin(settings: AuthSettings, headers: Headers, originRequired: boolean): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null) return !originRequired;
  if (origin === settings.publicOrigin) return true;
  // The dashboard under another name of this host, such as localhost. A page cannot choose its Host header, and the
  // edge replaces the forwarded one by what it believes.
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return host !== null && URL.canParse(origin) && new URL(origin).host === host;
}
