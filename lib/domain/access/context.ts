import type { Role, Scope } from "#lib/contract/index.ts";
import type { ScryptParameters } from "#lib/crypto/index.ts";
import type { Database } from "#lib/db/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import type { Doors } from "./doors.ts";
import type { Idempotency } from "./idempotency.ts";
import type { IfMatch } from "./precondition.ts";

/** Who acts. `role` and `scopes` hold inside the organization of the context. */
export type Actor =
  | { kind: "user"; userId: string; name: string; email: string }
  | { kind: "apiToken"; tokenId: string; name: string; createdBy: string | null }
  | { kind: "system"; name: string };

/** A small structured logger; never given a secret. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every verb needs that is not about one organization. Adapters build it once per process. */
export interface System {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly doors: Doors;
  /** What guessing a password costs. Default: what an installation needs; tests need less. */
  readonly passwordCost?: ScryptParameters;
}

/** The context of one call on behalf of somebody in one organization. */
export interface Ctx extends System {
  readonly actor: Actor;
  readonly organization: { readonly id: string; readonly slug: string };
  readonly role: Role | null;
  readonly scopes: ReadonlySet<Scope>;
  readonly requestId: string;
  /** How the caller tells this call from another one that looks the same. */
  readonly idempotency?: Idempotency;
  /** What the caller's change is based on: see `requireMatch`. */
  readonly ifMatch?: IfMatch;
}

/** How the audit log names an actor: `user:usr_…`, `apiToken:key_…`, `system:jobs`. */
export const actorKey = (actor: Actor): string => {
  switch (actor.kind) {
    case "user":
      return `user:${actor.userId}`;
    case "apiToken":
      return `apiToken:${actor.tokenId}`;
    case "system":
      return `system:${actor.name}`;
  }
};
