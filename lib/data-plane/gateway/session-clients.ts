import { limits } from "#lib/kernel/limits.ts";
import { type ClientName, sessionHashOf } from "./exchange.ts";

/** Remembers which client opened a legacy session, since only `initialize` says so. Bounded: the oldest is forgotten. */
export class SessionClients {
  readonly #clients = new Map<string, ClientName>();

  remember(serverId: string, session: string, client: ClientName): void {
    if (this.#clients.size >= limits.mcp.sessionsRememberedMax) {
      const oldest = this.#clients.keys().next();
      if (!oldest.done) this.#clients.delete(oldest.value);
    }
    this.#clients.set(keyOf(serverId, session), client);
  }

  of(serverId: string, session: string): ClientName | null {
    return this.#clients.get(keyOf(serverId, session)) ?? null;
  }

  forget(serverId: string, session: string): void {
    this.#clients.delete(keyOf(serverId, session));
  }
}

const keyOf = (serverId: string, session: string): string => `${serverId} ${sessionHashOf(session)}`;
