import type { LeaseScope } from "./lease-types.ts";
import { nameInScope } from "./scopes.ts";

/** What an agent may spend, as its row says. */
export interface AgentCaps {
  readonly isPaused: boolean;
  readonly monthly: bigint | null;
  readonly defaultUser: bigint | null;
  readonly anonymousUser: bigint | null;
  readonly session: bigint | null;
  /** End user → cap, as decimal strings. */
  readonly users: Readonly<Record<string, string>>;
}

export interface AgentCapsRow {
  paused: boolean;
  monthly: string | null;
  default_user: string | null;
  anonymous_user: string | null;
  session: string | null;
  users: Record<string, string>;
}

const micros = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

export const agentCapsOf = (row: AgentCapsRow): AgentCaps => ({
  isPaused: row.paused,
  monthly: micros(row.monthly),
  defaultUser: micros(row.default_user),
  anonymousUser: micros(row.anonymous_user),
  session: micros(row.session),
  users: row.users,
});

/** The cap of one scope; null: none. A user's own cap goes before the one for everybody. */
export function capOf(caps: AgentCaps, { kind, id }: LeaseScope): bigint | null {
  switch (kind) {
    case "organization":
      return null;
    case "agent":
      return caps.monthly;
    case "session":
      return caps.session;
    case "user": {
      const user = nameInScope(id);
      if (user === "") return caps.anonymousUser;
      const own = Object.hasOwn(caps.users, user) ? caps.users[user] : undefined;
      return own === undefined ? caps.defaultUser : BigInt(own);
    }
  }
}
