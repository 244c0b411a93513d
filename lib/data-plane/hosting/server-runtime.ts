import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import { createCrashHistory } from "./crash-history.ts";
import type { RuntimeExit, RuntimeLease } from "./runtime-driver.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";
import type { RuntimeProcess } from "./runtime-process.ts";

/** Everything that runs for one hosted server: the process that serves, and those that drain. */
export interface ServerRuntime {
  lease(entry: ServerEntry, requestId: string): RuntimeLease | Promise<RuntimeLease>;
  /** Takes a changed entry, or `undefined` when the server is gone. */
  apply(entry: ServerEntry | undefined): void;
  /** Resolves when no start is under way that replaces a running process. Never rejects. */
  settled(): Promise<void>;
  status(): Pick<RuntimeStatus, "state" | "version" | "restarts" | "inFlight" | "residentBytes" | "cpuMs"> & {
    sinceMs: number | null;
    lastExit: { atMs: number; reason: string } | null;
  };
  /** Stops what is idle for too long and looks after what runs. */
  tick(): void;
  /** Monotonic milliseconds of the last use when the serving process is idle; null when there is none to stop. */
  idleSinceMs(): number | null;
  stopIdle(): void;
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

const shuttingDown = (): DomainError =>
  new DomainError("unavailable", "This node is shutting down.", { retryAfterSeconds: 1 });

const isRunnable = (entry: ServerEntry): boolean =>
  entry.kind === "hosted" && entry.status === "active" && entry.version !== null;

export function createServerRuntime(input: ServerRuntimeInput): ServerRuntime {
  const { limits, clock, log, sink, serverId } = input;
  const crashes = createCrashHistory(limits);
  const draining = new Set<RuntimeProcess>();
  let entry: ServerEntry | undefined;
  let superseded: string[] = [];
  /** The revision that was running when the server was deactivated or removed: only a change brings it back. */
  let retiredRevision: string | null = null;
  let waiting = 0;
  let current: { process: RuntimeProcess; revision: string } | null = null;
  let starting: { promise: Promise<RuntimeProcess>; revision: string } | null = null;
  let restartTimer: NodeJS.Timeout | null = null;
  let lastFailure: { error: DomainError; untilMs: number } | null = null;
  let lastExit: { atMs: number; reason: string; message: string } | null = null;
  let restarts = 0;
  let closing = false;

  const nowMs = (): number => clock.monotonicMs();
  const inFlight = (): number =>
    [...draining].reduce((sum, process) => sum + process.inFlight, current?.process.inFlight ?? 0);

  function drain(process: RuntimeProcess, timeoutMs: number): Promise<void> {
    draining.add(process);
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        void process.stop().then(() => {
          draining.delete(process);
          resolve();
        });
      };
      const timer = setTimeout(finish, timeoutMs);
      process.onceIdle(finish);
    });
  }

  function retireCurrent(): void {
    if (current === null) return;
    const { process } = current;
    current = null;
    void drain(process, limits.drainMs);
  }

  function cancelRestart(): void {
    if (restartTimer !== null) clearTimeout(restartTimer);
    restartTimer = null;
  }

  /** Makes `next` what should run. A changed revision starts over: its crashes are not the old one's. */
  function adopt(next: ServerEntry): void {
    const before = entry;
    entry = next;
    superseded = superseded.filter((revision) => revision !== next.revision);
    if (before === undefined || before.revision === next.revision) return;
    superseded = [...superseded, before.revision].slice(-SUPERSEDED_KEPT);
    crashes.forget();
    lastFailure = null;
    cancelRestart();
    // The old process serves until the new one is ready.
    if (current !== null && isRunnable(next)) begin(next).catch(() => retireCurrent());
  }

  function onEnded(process: RuntimeProcess, exit: RuntimeExit): void {
    if (current?.process !== process) return;
    current = null;
    noteCrash(exit.message, exit.reason);
    if (closing || entry === undefined || !isRunnable(entry)) return;
    if (crashes.loopingUntilMs(nowMs()) !== null) return;
    cancelRestart();
    const wanted = entry;
    restartTimer = setTimeout(
      () => {
        restartTimer = null;
        // A failure is noted where it happens and told to the next call.
        if (entry === wanted && current === null) begin(wanted).catch(() => undefined);
      },
      Math.max(0, crashes.nextStartMs - nowMs()),
    );
  }

  function noteCrash(message: string, reason: string): void {
    restarts++;
    lastExit = { atMs: clock.nowMs(), reason, message };
    crashes.crashed(nowMs());
    const isLooping = crashes.loopingUntilMs(nowMs()) !== null;
    log.warn({ serverId, reason, crashLooping: isLooping }, "a hosted runtime ended");
    const text = isLooping ? `${message} It fails again and again; the next attempt waits.` : message;
    sink.console({
      serverId,
      versionId: entry?.version?.id ?? null,
      timestampMs: clock.nowMs(),
      method: "error",
      message: text,
      requestId: null,
    });
  }

  /** Starts what `wanted` asks for, once; a start that is under way is shared. */
  function begin(wanted: ServerEntry): Promise<RuntimeProcess> {
    if (starting !== null && starting.revision === wanted.revision) return starting.promise;
    const promise = input.start(wanted).then(
      (process) => {
        if (starting?.promise === promise) starting = null;
        lastFailure = null;
        if (closing || entry?.revision !== wanted.revision || !isRunnable(entry)) {
          void drain(process, limits.drainMs);
          return process;
        }
        retireCurrent();
        current = { process, revision: wanted.revision };
        void process.ended.then((exit) => onEnded(process, exit));
        return process;
      },
      (error: unknown) => {
        if (starting?.promise === promise) starting = null;
        const failure = toDomainError(error);
        if (entry?.revision === wanted.revision && !closing) {
          noteCrash(`The server did not start: ${failure.message}`, failure.code);
          lastFailure = { error: failure, untilMs: crashes.nextStartMs };
        }
        throw failure;
      },
    );
    starting = { promise, revision: wanted.revision };
    return promise;
  }

  function refuseCrashLooping(): void {
    const untilMs = crashes.loopingUntilMs(nowMs());
    if (untilMs !== null) {
      const seconds = Math.max(1, Math.ceil((untilMs - nowMs()) / 1_000));
      const why = lastFailure?.error.message ?? lastExit?.message ?? "";
      throw new DomainError(
        "runtime_failed",
        `The server is crash looping (${limits.crashesBeforeCrashLoop} crashes within ${limits.crashWindowMs / 1_000} s); the next attempt is in ${seconds} s. Last: ${why}`,
        { retryable: true, retryAfterSeconds: seconds },
      );
    }
    if (lastFailure !== null && nowMs() < lastFailure.untilMs) throw lastFailure.error;
  }

  /** Waits for a start or for the restart after a crash, at most `startWaitMs`. */
  async function whenStarted(wanted: ServerEntry): Promise<RuntimeProcess> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new DomainError("runtime_failed", "The server's runtime did not start in time.", {
        retryAfterSeconds: 1,
      });
      timer = setTimeout(() => reject(error), limits.startWaitMs);
    });
    const begun = beginAfterBackoff(wanted);
    // When it is late, nobody listens any more; the failure itself is noted where it happens.
    begun.catch(() => undefined);
    waiting++;
    try {
      return await Promise.race([begun, late]);
    } finally {
      waiting--;
      clearTimeout(timer);
    }
  }

  async function beginAfterBackoff(wanted: ServerEntry): Promise<RuntimeProcess> {
    // A process that is about to end counts as a crash first, and decides how long to wait.
    if (current !== null && current.process.exit() !== null) await current.process.ended;
    const backoffMs = crashes.nextStartMs - nowMs();
    if (backoffMs > 0) await new Promise((resolve) => setTimeout(resolve, backoffMs));
    if (closing) throw shuttingDown();
    const isRunning =
      current !== null && current.process.exit() === null && current.revision === wanted.revision;
    return isRunning && current !== null ? current.process : begin(wanted);
  }

  function lease(claimed: ServerEntry, requestId: string): RuntimeLease | Promise<RuntimeLease> {
    if (closing)
      throw new DomainError("unavailable", "This node is shutting down.", { retryAfterSeconds: 1 });
    const isStale = entry !== undefined && superseded.includes(claimed.revision);
    if (!isStale && claimed.revision !== retiredRevision) adopt(claimed);
    const wanted = entry ?? claimed;
    if (!isRunnable(wanted) || wanted.revision === retiredRevision) {
      throw new DomainError(
        "server_inactive",
        "The server is not active: publish a version and activate it.",
      );
    }
    if (inFlight() + waiting >= limits.concurrentPerServerMax) {
      throw new DomainError(
        "limit_reached",
        `The server already handles ${limits.concurrentPerServerMax} calls at once.`,
        { retryable: true, retryAfterSeconds: 1 },
      );
    }
    // While a new revision starts, the old one serves.
    if (current !== null && current.process.exit() === null) return current.process.lease(requestId);
    refuseCrashLooping();
    return whenStarted(wanted).then((process) => process.lease(requestId));
  }

  return {
    lease,
    apply(next) {
      retiredRevision = next !== undefined && isRunnable(next) ? null : (entry?.revision ?? null);
      if (next !== undefined) adopt(next);
      if (next !== undefined && isRunnable(next)) return;
      entry = next;
      superseded = [];
      cancelRestart();
      crashes.forget();
      lastFailure = null;
      retireCurrent();
    },
    async settled() {
      while (current !== null && starting !== null) {
        // A start that failed is told to the next call.
        await starting.promise.catch(() => undefined);
      }
    },
    status() {
      const process = current?.process ?? null;
      const usage = process?.usage() ?? null;
      const isLooping = crashes.loopingUntilMs(nowMs()) !== null;
      const isStarting = starting !== null || restartTimer !== null;
      return {
        state: process
          ? "running"
          : isLooping
            ? "crash_looping"
            : isStarting
              ? "starting"
              : draining.size > 0
                ? "draining"
                : "stopped",
        version: process?.version.semver ?? entry?.version?.semver ?? null,
        sinceMs: process?.startedAtMs ?? lastExit?.atMs ?? null,
        restarts,
        inFlight: inFlight(),
        residentBytes: usage?.residentBytes ?? null,
        cpuMs: usage?.cpuMs ?? null,
        lastExit: lastExit && { atMs: lastExit.atMs, reason: lastExit.reason },
      };
    },
    tick() {
      current?.process.tick();
      for (const process of draining) process.tick();
      const idleMs = this.idleSinceMs();
      if (idleMs !== null && nowMs() - idleMs > limits.idleStopMs) this.stopIdle();
    },
    idleSinceMs() {
      if (current === null || current.process.inFlight > 0) return null;
      return current.process.lastUsedMs;
    },
    stopIdle: retireCurrent,
    get processes() {
      return (current === null ? 0 : 1) + (starting === null ? 0 : 1) + draining.size;
    },
    get isGone() {
      return entry === undefined && this.processes === 0;
    },
    async close(timeoutMs) {
      closing = true;
      cancelRestart();
      const began = starting?.promise;
      const serving = current?.process;
      current = null;
      const rest = [...draining].map((process) => drain(process, timeoutMs));
      if (serving) rest.push(drain(serving, timeoutMs));
      if (began) {
        rest.push(
          began.then(
            (process) => process.stop(),
            // A start that failed left nothing to stop.
            () => undefined,
          ),
        );
      }
      await Promise.all(rest);
    },
  };
}
