import type { System } from "#lib/domain/access/index.ts";

/** What proving an identity needs besides the domain's system. */
export interface AuthSettings {
  /** Encrypts session cookies; the same in every process. */
  readonly secret: string;
  /** Whether the public URL is https: cookies are then `Secure` with the `__Host-` prefix. */
  readonly secureCookies: boolean;
  /** Scheme, host and port of the public URL. */
  readonly publicOrigin: string;
}

/** A system that can tell who calls. Adapters (REST, pages, the edge's upgrade handler) build it once per process. */
export interface AuthSystem extends System {
  readonly auth: AuthSettings;
}

/** The settings for a public URL such as `https://mcp.example.com`. */
export function authSettings(secret: string, publicUrl: string): AuthSettings {
  const url = new URL(publicUrl);
  return { secret, secureCookies: url.protocol === "https:", publicOrigin: url.origin };
}
