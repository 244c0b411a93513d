import { type ChildProcess, spawn } from "node:child_process";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";
import type { PartState } from "../role.ts";
import { readLines } from "./read-lines.ts";

/** What a role's process tells its supervisor. */
type RoleMessage = { type: "ready" } | { type: "announce"; details: unknown };

export interface RoleProcessOptions {
  name: string;
  /** Arguments of this Node: the program and what it takes. */
  args: readonly string[];
  /** Asked at each start. */
  environment: () => NodeJS.ProcessEnv;
  drainMs: number;
  log: Log;
  onLine(stream: "stdout" | "stderr", line: string): void;
  onState(state: PartState): void;
  onSpawn(pid: number): void;
  onAnnounce?(details: unknown): void;
  /** It failed `startFailuresMax` times without ever having served. */
  onGivenUp(reason: string): void;
}

/** A child process that is kept running. */
export interface RoleProcess {
  state(): PartState;
  pid(): number | null;
  send(message: object): void;
  /** Asks it to end, so that it starts again with a fresh environment. */
  restart(): void;
  /** Ends it for good: politely, then by force after `drainMs`. Nothing of its process group is left. */
  stop(): Promise<void>;
  /** Ends it for good at once. */
  kill(): void;
}

/** Starts the process and starts it again whenever it ends, with a growing delay. */
export function superviseRole(options: RoleProcessOptions): RoleProcess {
  const bounds = limits.supervisor;
  let child: ChildProcess | null = null;
  let state: PartState = "starting";
  let stopping = false;
  let restartRequested = false;
  let failures = 0;
  let hasServed = false;
  let startedAtMs = 0;
  let timer: NodeJS.Timeout | null = null;
  let onGone: (() => void) | null = null;

  const become = (next: PartState) => {
    if (state === next) return;
    state = next;
    options.onState(next);
  };

  const start = () => {
    timer = null;
    startedAtMs = performance.now();
    become("starting");
    const started = spawn(process.execPath, [...options.args], {
      env: options.environment(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Its own process group: Ctrl-C in the terminal is for the supervisor, and what it leaves behind can be ended.
      detached: true,
    });
    child = started;
    readLines(started.stdout, (line) => options.onLine("stdout", line));
    readLines(started.stderr, (line) => options.onLine("stderr", line));
    if (started.pid !== undefined) options.onSpawn(started.pid);
    started.on("message", (message) => {
      const told = message as RoleMessage;
      if (told.type === "announce") options.onAnnounce?.(told.details);
      if (told.type !== "ready") return;
      hasServed = true;
      become("ready");
    });
    // A process that cannot be spawned or written to also ends; that is where it is handled.
    started.on("error", (error) =>
      options.log.error({ role: options.name, err: error }, "a role's process has an error"),
    );
    let gone = false;
    const leave = (code: number | null, signal: string | null) => {
      if (gone) return;
      gone = true;
      child = null;
      ended(code, signal);
    };
    started.once("exit", (code, signal) => {
      killGroup(started.pid);
      // Its last words may still be in the pipe. Not longer than a moment: whoever left the group may hold the pipe.
      const wait = setTimeout(() => leave(code, signal), bounds.lastWordsMs);
      started.once("close", () => {
        clearTimeout(wait);
        leave(code, signal);
      });
    });
    if (started.pid === undefined) queueMicrotask(() => leave(null, "not started"));
  };

  const ended = (code: number | null, signal: string | null) => {
    become("down");
    onGone?.();
    if (stopping) return;
    const lived = performance.now() - startedAtMs;
    failures = lived > bounds.healthyAfterMs || restartRequested ? 1 : failures + 1;
    const reason = signal ?? `code ${code}`;
    if (!hasServed && failures >= bounds.startFailuresMax) {
      options.onGivenUp(reason);
      return;
    }
    const delayMs = Math.min(bounds.restartDelayMsMin * 2 ** (failures - 1), bounds.restartDelayMsMax);
    const level = restartRequested ? "info" : "error";
    restartRequested = false;
    options.log[level](
      { role: options.name, reason, delayMs },
      `the ${options.name} process ended; starting it again`,
    );
    timer = setTimeout(start, delayMs);
  };

  const cancel = () => {
    stopping = true;
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const goneWithin = (timeoutMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      if (!child) return resolve(true);
      const limit = setTimeout(() => resolve(false), timeoutMs);
      onGone = () => {
        clearTimeout(limit);
        resolve(true);
      };
    });

  start();
  return {
    state: () => state,
    pid: () => child?.pid ?? null,
    send(message) {
      if (child?.connected) child.send(message, () => undefined);
    },
    restart() {
      restartRequested = true;
      child?.kill("SIGTERM");
    },
    async stop() {
      cancel();
      if (!child) return;
      child.kill("SIGTERM");
      if (await goneWithin(options.drainMs)) return;
      options.log.warn(
        { role: options.name, drainMs: options.drainMs },
        "a role did not end in time and is killed",
      );
      killGroup(child.pid);
      if (!(await goneWithin(bounds.killMs)))
        options.log.error({ role: options.name }, "a role cannot be killed");
    },
    kill() {
      cancel();
      killGroup(child?.pid);
    },
  };
}

/** Ends every process of the group that `pid` leads. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: nobody is left. EPERM: macOS says so for a group of zombies.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
