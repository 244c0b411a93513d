import type { Dispatcher } from "undici";
import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { BundleModules } from "#lib/domain/access/index.ts";
import type { ServerEntry } from "../directory/index.ts";

/** Why a runtime ended while calls were in flight. */
export type RuntimeExit =
  | { reason: "cpu_limit"; message: string }
  | { reason: "memory_limit"; message: string }
  | { reason: "crashed"; message: string }
  | { reason: "stopped"; message: string };

/**
 * A place to send one exchange to. `dispatcher` speaks HTTP/1.1 to the version that serves; `end` must be called
 * exactly once when the exchange is over. While it is open the runtime is not stopped for idleness, and is drained
 * before it is stopped for a new version.
 */
export interface RuntimeLease {
  readonly versionId: string;
  readonly semver: string;
  readonly dispatcher: Dispatcher;
  /** Origin to dispatch to, e.g. `http://runtime`. */
  readonly origin: string;
  /** Path of the tenant's MCP endpoint. */
  readonly path: string;
  /**
   * Why the runtime died during this exchange; null while it lives. When an exchange fails because its process died,
   * the dispatcher tells the error only once this is known.
   */
  exit(): RuntimeExit | null;
  end(): void;
}

/** Runs hosted versions. The embedded driver owns one workerd process per (server, version). */
export interface RuntimeDriver {
  /**
   * Leases the active version of `server` for one exchange whose request id is `requestId` (wire form or UUID),
   * starting it when needed. Console lines and outbound calls are attributed only to exchanges that hold a lease.
   * Throws or rejects with DomainError `server_inactive`, `bundle_refused` (with the runtime's own message),
   * `runtime_failed` (crash looping, with a time to retry), `limit_reached` (too many calls at once) or `unavailable`
   * (shutting down).
   */
  lease(server: ServerEntry, requestId: string): RuntimeLease | Promise<RuntimeLease>;
  /** Starts a bundle apart from all traffic. The caller stops it. Throws `bundle_refused` with the runtime's message. */
  trial(input: {
    server: Pick<ServerEntry, "id" | "organizationId" | "slug">;
    version: { id: string; semver: string };
    bundle: BundleModules;
    environment: Readonly<Record<string, string>>;
  }): Promise<{ lease: RuntimeLease; startMs: number; stop(): Promise<void> }>;
  /** Reacts to a changed or removed entry: starts what should run on next use, drains and stops what should not. */
  apply(change: { before?: ServerEntry; after?: ServerEntry }): void;
  /**
   * Resolves when no start is under way that replaces a running version of the server: calls that come from now on
   * reach what was applied. Never rejects; bounded by the time a start may take.
   */
  settled(serverId: string): Promise<void>;
  status(serverId: string): RuntimeStatus;
  /** Drains all runtimes up to `timeoutMs`, then ends them. */
  close(timeoutMs: number): Promise<void>;
}
