import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry } from "../directory/index.ts";
import { createCrashHistory } from "./crash-history.ts";
import type { RuntimeExit, RuntimeLease } from "./runtime-driver.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";
import type { RuntimeProcess } from "./runtime-process.ts";

/** What a version is to run with. `entry.version` is that version. */
export interface Wanted {
  entry: ServerEntry;
  /** Of the active version: another revision is stale, whatever its values. Null when only the values count. */
  revision: string | null;
}

/** Everything that runs for one version of a hosted server: the process that answers, and those that drain. */
export interface VersionRuntime {
  /** The process that answers; null while there is none or it is dying. */
  readonly process: RuntimeProcess | null;
  /** Whether what runs is what is wanted. */
  runs(wanted: Wanted): boolean;
  /** A lease of the running process, whatever it runs with, else of one that is started. */
  lease(wanted: Wanted, requestId: string): RuntimeLease | Promise<RuntimeLease>;
  /** Starts a process that runs what is wanted and makes it the one that answers; `fresh` even when one does. */
  prepare(wanted: Wanted, fresh?: "fresh"): Promise<unknown>;
  /** Forgets crashes and failures: what comes next is something else. */
  startOver(): void;
  /** It no longer serves: its process ends when its calls are over, or when its sessions are. */
  retire(): void;
  /** Its process ends when its calls are over, sessions or not. */
  end(): void;
  /** Waits for the calls of now; answers how many are left. */
  callsOver(timeoutMs: number): Promise<number>;
  tick(): void;
  readonly idle: IdleRuntime | null;
  readonly inFlight: number;
  readonly sessions: number;
  readonly waiting: number;
  readonly processes: number;
  readonly isStarting: boolean;
  readonly isDraining: boolean;
  readonly isCrashLooping: boolean;
  /** Nothing runs and nothing is remembered. */
  readonly isForgettable: boolean;
  close(timeoutMs: number): Promise<void>;
}

/** A process that nobody uses now. */
export interface IdleRuntime {
  /** Monotonic milliseconds. */
  sinceMs: number;
  hasSessions: boolean;
  stop(): void;
}

/** How a process ended that nobody asked to end. */
export interface VersionCrash {
  message: string;
  reason: string;
  /** `message` without what the tenant's code said. */
  inShort: string;
  isLooping: boolean;
}

export interface VersionRuntimeInput {
  start(entry: ServerEntry): Promise<RuntimeProcess>;
  limits: RuntimeLimits;
  clock: Clock;
  /** What should run again after a crash without waiting for a call; null when nothing should. */
  wantedAlways(): Wanted | null;
  onCrash(crash: VersionCrash): void;
  /** A call waited so long for a start, whatever came of it. */
  onWaited(waitedMs: number): void;
}

const shuttingDown = (): DomainError =>
  new DomainError("unavailable", "This node is shutting down.", { retryAfterSeconds: 1 });

const changedMeanwhile = (): DomainError =>
  new DomainError("unavailable", "The server was changed while it started. Try again.", {
    retryAfterSeconds: 1,
  });

function isSameEnvironment(left: ServerEntry["environment"], right: ServerEntry["environment"]): boolean {
  if (left === right) return true;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && left[name] === right[name])
  );
}

const fits = (running: Wanted, wanted: Wanted): boolean =>
  running.revision !== null && wanted.revision !== null
    ? running.revision === wanted.revision
    : isSameEnvironment(running.entry.environment, wanted.entry.environment);

export function createVersionRuntime(input: VersionRuntimeInput): VersionRuntime {
  const { limits, clock } = input;
  const crashes = createCrashHistory(limits);
  const draining = new Set<RuntimeProcess>();
  let current: { process: RuntimeProcess; runs: Wanted } | null = null;
  let starting: { promise: Promise<RuntimeProcess>; runs: Wanted } | null = null;
  let restartTimer: NodeJS.Timeout | null = null;
  let lastFailure: { error: DomainError; untilMs: number } | null = null;
  let lastExitMessage = "";
  let waiting = 0;
  let closing = false;

  const nowMs = (): number => clock.monotonicMs();
  const running = (): RuntimeProcess | null =>
    current !== null && current.process.exit() === null ? current.process : null;
  const all = (): RuntimeProcess[] => [...(current === null ? [] : [current.process]), ...draining];

  function drain(process: RuntimeProcess, timeoutMs: number): Promise<void> {
    draining.add(process);
    process.load.endStreams("all");
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        void process.stop().then(() => {
          draining.delete(process);
          resolve();
        });
      };
      const timer = setTimeout(finish, timeoutMs);
      process.load.onceIdle(finish);
    });
  }

  function endCurrent(): void {
    if (current === null) return;
    const { process } = current;
    current = null;
    void drain(process, limits.drainMs);
  }

  function cancelRestart(): void {
    if (restartTimer !== null) clearTimeout(restartTimer);
    restartTimer = null;
  }

  function noteCrash(message: string, reason: string, inShort = message): void {
    lastExitMessage = message;
    crashes.crashed(nowMs());
    input.onCrash({ message, reason, inShort, isLooping: crashes.loopingUntilMs(nowMs()) !== null });
  }

  function onEnded(process: RuntimeProcess, exit: RuntimeExit): void {
    if (current?.process !== process) return;
    current = null;
    noteCrash(exit.message, exit.reason);
    if (closing || input.wantedAlways() === null || crashes.loopingUntilMs(nowMs()) !== null) return;
    cancelRestart();
    restartTimer = setTimeout(
      () => {
        restartTimer = null;
        const wanted = input.wantedAlways();
        // A failure is noted where it happens and told to the next call.
        if (wanted !== null && current === null) begin(wanted).catch(() => undefined);
      },
      Math.max(0, crashes.nextStartMs - nowMs()),
    );
  }

  /** Starts what is wanted, once; a start that is under way is shared. */
  function begin(wanted: Wanted): Promise<RuntimeProcess> {
    if (starting !== null && fits(starting.runs, wanted)) return starting.promise;
    const promise = input.start(wanted.entry).then(
      (process) => {
        const isWanted = starting?.promise === promise && !closing;
        if (starting?.promise === promise) starting = null;
        if (!isWanted) {
          void drain(process, limits.drainMs);
          return process;
        }
        lastFailure = null;
        endCurrent();
        current = { process, runs: wanted };
        void process.ended.then((exit) => onEnded(process, exit));
        return process;
      },
      (error: unknown) => {
        const failure = toDomainError(error);
        if (starting?.promise === promise) {
          starting = null;
          if (!closing) {
            noteCrash(
              `The server did not start: ${failure.message}`,
              failure.code,
              "The server did not start; its logs say why.",
            );
            lastFailure = { error: failure, untilMs: crashes.nextStartMs };
          }
        }
        throw failure;
      },
    );
    starting = { promise, runs: wanted };
    return promise;
  }

  function refuseCrashLooping(): void {
    const untilMs = crashes.loopingUntilMs(nowMs());
    if (untilMs !== null) {
      const seconds = Math.max(1, Math.ceil((untilMs - nowMs()) / 1_000));
      const why = lastFailure?.error.message ?? lastExitMessage;
      throw new DomainError(
        "runtime_failed",
        `The server is crash looping (${limits.crashesBeforeCrashLoop} crashes within ${limits.crashWindowMs / 1_000} s); the next attempt is in ${seconds} s. Last: ${why}`,
        { retryable: true, retryAfterSeconds: seconds },
      );
    }
    if (lastFailure !== null && nowMs() < lastFailure.untilMs) throw lastFailure.error;
  }

  /** Waits for a start or for the restart after a crash, at most `startWaitMs`. */
  async function whenStarted(wanted: Wanted): Promise<RuntimeProcess> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new DomainError("runtime_failed", "The server's runtime did not start in time.", {
        retryAfterSeconds: 1,
      });
      timer = setTimeout(() => reject(error), limits.startWaitMs);
    });
    const beganMs = nowMs();
    const begun = beginAfterBackoff(wanted);
    // When it is late, nobody listens any more; the failure itself is noted where it happens.
    begun.catch(() => undefined);
    waiting++;
    try {
      return await Promise.race([begun, late]);
    } finally {
      waiting--;
      clearTimeout(timer);
      input.onWaited(nowMs() - beganMs);
    }
  }

  async function beginAfterBackoff(wanted: Wanted): Promise<RuntimeProcess> {
    // A process that is about to end counts as a crash first, and decides how long to wait.
    if (current !== null && current.process.exit() !== null) await current.process.ended;
    const backoffMs = crashes.nextStartMs - nowMs();
    if (backoffMs > 0) await new Promise((resolve) => setTimeout(resolve, backoffMs));
    if (closing) throw shuttingDown();
    let answering = running() ?? (await begin(wanted));
    // What was started may be replaced already, and is then on its way out.
    while (answering !== current?.process) {
      const next = running() ?? (await starting?.promise);
      if (closing) throw shuttingDown();
      if (next === undefined) throw changedMeanwhile();
      answering = next;
    }
    return answering;
  }

  return {
    get process() {
      return running();
    },
    runs: (wanted) => current !== null && running() !== null && fits(current.runs, wanted),
    lease(wanted, requestId) {
      const process = running();
      if (process !== null && current !== null) {
        // While a process with other values starts, the old one answers; a failure is told to the next call.
        if (!fits(current.runs, wanted) && nowMs() >= crashes.nextStartMs)
          begin(wanted).catch(() => undefined);
        return process.lease(requestId);
      }
      refuseCrashLooping();
      return whenStarted(wanted).then((started) => started.lease(requestId));
    },
    prepare(wanted, fresh) {
      if (fresh === undefined && current !== null && running() !== null && fits(current.runs, wanted)) {
        current.runs = wanted;
        return Promise.resolve();
      }
      return begin(wanted);
    },
    startOver() {
      crashes.forget();
      lastFailure = null;
      cancelRestart();
    },
    retire() {
      cancelRestart();
      if (current === null) return;
      if (current.process.load.sessions === 0) endCurrent();
      else current.process.load.endStreams("of no session");
    },
    end() {
      cancelRestart();
      starting = null;
      endCurrent();
    },
    async callsOver(timeoutMs) {
      const left = await Promise.all(all().map((process) => process.load.callsOver(timeoutMs)));
      return left.reduce((sum, count) => sum + count, 0);
    },
    tick() {
      for (const process of all()) process.tick();
      if (current === null || nowMs() - current.process.load.lastUsedMs <= limits.idleStopMs) return;
      const { load } = current.process;
      const isServing = input.wantedAlways() !== null;
      if (load.sessions === 0 && (isServing ? load.inFlight : load.wanted) === 0) endCurrent();
    },
    get idle() {
      if (current === null || current.process.load.inFlight > 0) return null;
      const { load } = current.process;
      return { sinceMs: load.lastUsedMs, hasSessions: load.sessions > 0, stop: endCurrent };
    },
    get inFlight() {
      return all().reduce((sum, process) => sum + process.load.inFlight, 0);
    },
    get sessions() {
      return all().reduce((sum, process) => sum + process.load.sessions, 0);
    },
    get waiting() {
      return waiting;
    },
    get processes() {
      return (current === null ? 0 : 1) + (starting === null ? 0 : 1) + draining.size;
    },
    get isStarting() {
      return starting !== null || restartTimer !== null;
    },
    get isDraining() {
      return draining.size > 0;
    },
    get isCrashLooping() {
      return crashes.loopingUntilMs(nowMs()) !== null;
    },
    get isForgettable() {
      return this.processes === 0 && waiting === 0 && restartTimer === null && nowMs() >= crashes.nextStartMs;
    },
    async close(timeoutMs) {
      closing = true;
      cancelRestart();
      const began = starting?.promise;
      const rest = all().map((process) => drain(process, timeoutMs));
      current = null;
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
