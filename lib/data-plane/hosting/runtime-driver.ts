import type { Dispatcher } from "undici";
import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { BundleModules } from "#lib/domain/access/index.ts";
import type { ServerEntry, VersionRef } from "../directory/index.ts";

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
  /** Of the version's bundle. */
  readonly sha256: string;
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
  /** What the exchange tells its process about itself; absent where nothing is ever drained. */
  readonly stay?: LeaseStay;
  end(): void;
}

/** Tells a process how long it is needed. */
export interface LeaseStay {
  /**
   * The exchange is an open-ended stream, of a legacy session or of none: no drain waits for it. `onStopping` is called
   * once when its process is about to stop, or no longer serves and no session holds the stream to it.
   */
  isStream(session: string | null, onStopping: () => void): void;
  /** A legacy session lives in this process: it is kept for `limits.mcp.sessionPinMs` after the latest use. */
  keepSession(session: string): void;
  endSession(session: string): void;
}

/** What was left of a version that no longer serves when a drain was over. */
export interface DrainReport {
  /** Calls that were under way when the drain began and still are; 0 unless the time was up. */
  inFlight: number;
  /** Legacy sessions that keep the version's process. */
  sessions: number;
  waitedMs: number;
}

/** A runtime that ended by itself or was ended for what it did. */
/** A call that came before a runtime was ready for it. */
export interface StartWait {
  /** When the call began to wait, epoch milliseconds. */
  readonly atMs: number;
  readonly waitedMs: number;
}

export interface RuntimeCrash {
  /** Epoch milliseconds. */
  atMs: number;
  /** A sentence of ours: nothing of what the tenant's code said, which may hold secrets. */
  reason: string;
}

/** Runs hosted versions. The embedded driver owns one workerd process per (server, version). */
export interface RuntimeDriver {
  /**
   * Leases the active version of `server`, or the published `version` of it, for one exchange whose request id is `requestId` (wire form or UUID),
   * starting it when needed. Console lines and outbound calls are attributed only to exchanges that hold a lease.
   * Throws or rejects with DomainError `server_inactive`, `bundle_refused` (with the runtime's own message),
   * `runtime_failed` (crash looping, with a time to retry), `limit_reached` (too many calls at once) or `unavailable`
   * (shutting down).
   */
  lease(
    server: ServerEntry,
    requestId: string,
    version?: VersionRef | null,
  ): RuntimeLease | Promise<RuntimeLease>;
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
  /**
   * Waits, up to `timeoutMs`, for the calls that are in flight on a version that no longer serves. Sessions that were
   * used lately keep its process; they are counted, not waited for. Answers at once for a version that serves.
   */
  drain(serverId: string, versionId: string, timeoutMs: number): Promise<DrainReport>;
  /**
   * Replaces the process of the active version by a fresh one; the old one is drained, so that no call fails. Legacy
   * sessions end with it. Rejects with what the start said; the old process then goes on. Nothing to do where the
   * server has not run on this node.
   */
  restart(serverId: string): Promise<void>;
  /** Latest crashes of a server's runtimes on this node; the newest is last. */
  crashes(serverId: string): readonly RuntimeCrash[];
  /** Latest calls of a server that waited for a start on this node; the newest is last. */
  startWaits(serverId: string): readonly StartWait[];
  status(serverId: string): RuntimeStatus;
  /** Drains all runtimes up to `timeoutMs`, then ends them. */
  close(timeoutMs: number): Promise<void>;
}
