import type { Scope } from "#lib/contract/index.ts";
import type { Actor } from "#lib/domain/access/index.ts";

/** A person with a live session of the dashboard. */
export interface SessionPrincipal {
  readonly via: "session";
  readonly actor: Extract<Actor, { kind: "user" }>;
  readonly tokenVersion: number;
  /** When the session ends by itself, epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** A live API token; it reaches one organization. */
export interface TokenPrincipal {
  readonly via: "apiToken";
  readonly actor: Extract<Actor, { kind: "apiToken" }>;
  readonly organizationId: string;
  /** The token's scopes, cut to what its creator may do now. */
  readonly scopes: ReadonlySet<Scope>;
  /** Epoch milliseconds; null never expires. */
  readonly expiresAtMs: number | null;
}

/** Who is calling, proven by a session cookie or an API token. */
export type Principal = SessionPrincipal | TokenPrincipal;
