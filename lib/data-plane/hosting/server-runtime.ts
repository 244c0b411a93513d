import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry, VersionRef } from "../directory/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import type { DrainReport, RuntimeCrash, RuntimeLease, StartWait } from "./runtime-driver.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import {
  createVersionRuntime,
  type IdleRuntime,
  type VersionCrash,
  type VersionRuntime,
  type Wanted,
} from "./version-runtime.ts";

/** Everything that runs for one hosted server: the version that serves, and those that URLs or sessions name. */
export interface ServerRuntime {
  lease(
    entry: ServerEntry,
    requestId: string,
    version: VersionRef | null,
  ): RuntimeLease | Promise<RuntimeLease>;
  /** Takes a changed entry, or `undefined` when the server is gone. */
  apply(entry: ServerEntry | undefined): void;
  /** Resolves when no start is under way that replaces a running process. Never rejects. */
  settled(): Promise<void>;
  drain(versionId: string, timeoutMs: number): Promise<DrainReport>;
  restart(): Promise<void>;
  crashes(): readonly RuntimeCrash[];
  startWaits(): readonly StartWait[];
  status(): Pick<RuntimeStatus, "state" | "version" | "restarts" | "inFlight" | "residentBytes" | "cpuMs"> & {
    sinceMs: number | null;
    lastExit: { atMs: number; reason: string } | null;
  };
  /** Stops what is idle for too long and looks after what runs. */
  tick(): void;
  /** The processes that nobody uses now. */
  idle(): IdleRuntime[];
  readonly processes: number;
  /** The server was removed and nothing of it runs any more. */
  readonly isGone: boolean;
  /** Drains up to `timeoutMs`, then ends everything. */
  close(timeoutMs: number): Promise<void>;
}

interface ServerRuntimeInput {
  serverId: string;
  start(entry: ServerEntry): Promise<RuntimeProcess>;
  limits: RuntimeLimits;
  clock: Clock;
  log: Log;
  sink: ObservationSink;
}

/** Revisions that were replaced, so that a call which still holds an old entry does not bring it back. */
const SUPERSEDED_KEPT = 8;

const isRunnable = (entry: ServerEntry): boolean =>
  entry.kind === "hosted" && entry.status === "active" && entry.version !== null;

export function createServerRuntime(input: ServerRuntimeInput): ServerRuntime {
  const { limits, clock, log, sink, serverId } = input;
  const versions = new Map<string, VersionRuntime>();
  const crashes: RuntimeCrash[] = [];
  const startWaits: StartWait[] = [];
  /** What a version named by a URL or a session is to run with, kept for each entry. */
  const pinned = new WeakMap<ServerEntry, Map<string, Wanted>>();
  let entry: ServerEntry | undefined;
  let superseded: string[] = [];
  /** The revision that was running when the server was deactivated or removed: only a change brings it back. */
  let retiredRevision: string | null = null;
  /** The version that answers: the active one, or the one before it while the active one starts. */
  let serving: string | null = null;
  let switching: Promise<void> | null = null;
  let restarts = 0;
  let closing = false;

  const sum = (read: (version: VersionRuntime) => number): number => {
    let total = 0;
    for (const version of versions.values()) total += read(version);
    return total;
  };
  const wantedOf = (of: ServerEntry): Wanted => ({ entry: of, revision: of.revision });
  const activeOf = (of: ServerEntry | undefined): string | null =>
    of !== undefined && isRunnable(of) ? (of.version?.id ?? null) : null;
  const servingRuntime = (): VersionRuntime | undefined =>
    serving === null ? undefined : versions.get(serving);

  function pinnedTo(of: ServerEntry, version: VersionRef): Wanted {
    let known = pinned.get(of);
    if (known === undefined) {
      known = new Map();
      pinned.set(of, known);
    }
    let wanted = known.get(version.id);
    if (wanted === undefined) {
      wanted = { entry: { ...of, version }, revision: null };
      known.set(version.id, wanted);
    }
    return wanted;
  }

  function versionOf(version: { id: string; semver: string }): VersionRuntime {
    let runtime = versions.get(version.id);
    if (runtime === undefined) {
      runtime = createVersionRuntime({
        start: input.start,
        limits,
        clock,
        wantedAlways: () =>
          entry !== undefined && !closing && activeOf(entry) === version.id ? wantedOf(entry) : null,
        onCrash: (crash) => noteCrash(version, crash),
        onWaited: (waitedMs) => {
          startWaits.push({ atMs: clock.nowMs() - waitedMs, waitedMs });
          if (startWaits.length > limits.startWaitsKept) startWaits.shift();
        },
      });
      versions.set(version.id, runtime);
    }
    return runtime;
  }

  function noteCrash(
    version: { id: string; semver: string },
    { message, reason, inShort, isLooping }: VersionCrash,
  ): void {
    restarts++;
    crashes.push({ atMs: clock.nowMs(), reason: inShort });
    if (crashes.length > limits.crashesKept) crashes.shift();
    log.warn(
      { serverId, version: version.semver, reason, crashLooping: isLooping },
      "a hosted runtime ended",
    );
    sink.console({
      serverId,
      versionId: version.id,
      timestampMs: clock.nowMs(),
      method: "error",
      message: isLooping ? `${message} It fails again and again; the next attempt waits.` : message,
      requestId: null,
    });
  }

  /** Makes `next` what should run. A changed revision starts over: its crashes are not the old one's. */
  function adopt(next: ServerEntry): void {
    const before = entry;
    entry = next;
    superseded = superseded.filter((revision) => revision !== next.revision);
    const { version } = next;
    if (version === null || !isRunnable(next)) return;
    if (before === undefined) {
      serving = version.id;
      return;
    }
    if (before.revision === next.revision) return;
    superseded = [...superseded, before.revision].slice(-SUPERSEDED_KEPT);
    const target = versionOf(version);
    target.startOver();
    // The old process answers until the new one is ready; without an old one the next call starts the new one.
    if (!servingRuntime()?.process) switchTo(version.id);
    else if (target.runs(wantedOf(next))) {
      void target.prepare(wantedOf(next));
      switchTo(version.id);
    } else replace(next, target, version.id);
  }

  function replace(next: ServerEntry, target: VersionRuntime, versionId: string): void {
    const isWanted = (): boolean => !closing && entry?.revision === next.revision;
    const prepared = target.prepare(wantedOf(next)).then(
      () => {
        if (isWanted()) switchTo(versionId);
        else if (activeOf(entry) !== versionId) target.retire();
      },
      // A failed start is told to the calls that come from now on.
      () => {
        if (!isWanted()) return;
        target.end();
        switchTo(versionId);
      },
    );
    switching = prepared;
    void prepared.finally(() => {
      if (switching === prepared) switching = null;
    });
  }

  function switchTo(versionId: string): void {
    const before = serving;
    serving = versionId;
    if (before !== null && before !== versionId) versions.get(before)?.retire();
  }

  function refuseTooMany(): void {
    if (sum((version) => version.inFlight + version.waiting) < limits.concurrentPerServerMax) return;
    throw new DomainError(
      "limit_reached",
      `The server already handles ${limits.concurrentPerServerMax} calls at once.`,
      { retryable: true, retryAfterSeconds: 1 },
    );
  }

  function lease(
    claimed: ServerEntry,
    requestId: string,
    version: VersionRef | null,
  ): RuntimeLease | Promise<RuntimeLease> {
    if (closing)
      throw new DomainError("unavailable", "This node is shutting down.", { retryAfterSeconds: 1 });
    if (claimed !== entry) {
      const isStale = entry !== undefined && superseded.includes(claimed.revision);
      if (!isStale && claimed.revision !== retiredRevision) adopt(claimed);
    }
    const wanted = entry ?? claimed;
    if (wanted.version === null || !isRunnable(wanted) || wanted.revision === retiredRevision) {
      throw new DomainError(
        "server_inactive",
        "The server is not active: publish a version and activate it.",
      );
    }
    refuseTooMany();
    if (version !== null && version.id !== wanted.version.id) {
      return versionOf(version).lease(pinnedTo(wanted, version), requestId);
    }
    const answering = servingRuntime();
    // While a new version starts, the old one serves, except where the new one was asked for by name.
    if (version === null && answering?.process) return answering.process.lease(requestId);
    return versionOf(wanted.version).lease(wantedOf(wanted), requestId);
  }

  return {
    lease,
    apply(next) {
      const nextRuns = next !== undefined && isRunnable(next);
      retiredRevision = nextRuns ? null : (entry?.revision ?? null);
      if (next !== undefined) adopt(next);
      if (nextRuns) return;
      entry = next;
      superseded = [];
      serving = null;
      for (const version of versions.values()) {
        version.startOver();
        version.end();
      }
    },
    async settled() {
      while (switching !== null) await switching;
    },
    async drain(versionId, timeoutMs) {
      const beganMs = clock.monotonicMs();
      const elapsedMs = (): number => Math.round(clock.monotonicMs() - beganMs);
      const version = versions.get(versionId);
      if (version === undefined) return { inFlight: 0, sessions: 0, waitedMs: 0 };
      if (serving === versionId) {
        return { inFlight: version.inFlight, sessions: version.sessions, waitedMs: 0 };
      }
      const inFlight = await version.callsOver(timeoutMs);
      return { inFlight, sessions: version.sessions, waitedMs: elapsedMs() };
    },
    async restart() {
      if (entry === undefined || entry.version === null || !isRunnable(entry)) return;
      const version = versionOf(entry.version);
      const versionId = entry.version.id;
      version.startOver();
      await version.prepare(wantedOf(entry), "fresh");
      if (activeOf(entry) === versionId) switchTo(versionId);
    },
    crashes: () => crashes,
    startWaits: () => startWaits,
    status() {
      const version = servingRuntime();
      const process = version?.process ?? null;
      const usage = process?.usage() ?? null;
      const last = crashes.at(-1) ?? null;
      const all = [...versions.values()];
      const active = entry?.version ? versions.get(entry.version.id) : undefined;
      return {
        state: process
          ? "running"
          : active?.isCrashLooping
            ? "crash_looping"
            : active?.isStarting
              ? "starting"
              : all.some(({ isDraining }) => isDraining)
                ? "draining"
                : "stopped",
        version: process?.version.semver ?? entry?.version?.semver ?? null,
        sinceMs: process?.startedAtMs ?? last?.atMs ?? null,
        restarts,
        inFlight: sum(({ inFlight }) => inFlight),
        residentBytes: usage?.residentBytes ?? null,
        cpuMs: usage?.cpuMs ?? null,
        lastExit: last && { atMs: last.atMs, reason: last.reason },
      };
    },
    tick() {
      for (const [id, version] of versions) {
        version.tick();
        if (id !== serving && id !== activeOf(entry) && version.isForgettable) versions.delete(id);
      }
    },
    idle: () => [...versions.values()].flatMap(({ idle }) => (idle === null ? [] : [idle])),
    get processes() {
      return sum(({ processes }) => processes);
    },
    get isGone() {
      return entry === undefined && this.processes === 0;
    },
    async close(timeoutMs) {
      closing = true;
      await Promise.all([...versions.values()].map((version) => version.close(timeoutMs)));
    },
  };
}
