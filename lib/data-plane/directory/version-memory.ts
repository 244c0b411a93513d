import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry, VersionRef } from "./entry.ts";

type Named = { semver: string } | { id: string };

/**
 * The published versions that were asked for, besides the active ones. A version is immutable, so what was found stays
 * found, and keeps serving while the database is away. Bounded: the longest known is forgotten first.
 */
export class VersionMemory {
  readonly #load: (server: ServerEntry, named: Named) => Promise<VersionRef | null>;
  readonly #known = new Map<string, VersionRef>();
  /** Reads under way: many callers of one version share one. */
  readonly #reading = new Map<string, Promise<VersionRef | null>>();

  constructor(load: (server: ServerEntry, named: Named) => Promise<VersionRef | null>) {
    this.#load = load;
  }

  /** Answers at once when known. Rejects with `unavailable` when it cannot be read. */
  find(server: ServerEntry, named: Named): VersionRef | null | Promise<VersionRef | null> {
    const { version } = server;
    if (version && ("id" in named ? version.id === named.id : version.semver === named.semver))
      return version;
    const key = `${server.id} ${"id" in named ? named.id : `v${named.semver}`}`;
    return this.#known.get(key) ?? this.#reading.get(key) ?? this.#read(key, server, named);
  }

  #read(key: string, server: ServerEntry, named: Named): Promise<VersionRef | null> {
    const reading = this.#load(server, named)
      .then(
        (found) => {
          if (found) this.#remember(key, found);
          return found;
        },
        (error: unknown) => {
          throw new DomainError(
            "unavailable",
            "This version could not be looked up just now. Try again soon.",
            {
              cause: error,
              retryAfterSeconds: 2,
            },
          );
        },
      )
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  #remember(key: string, found: VersionRef): void {
    if (this.#known.size >= limits.mcp.pinnedVersionsRememberedMax) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.set(key, found);
  }
}
