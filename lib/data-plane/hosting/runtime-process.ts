import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { Pool } from "undici";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { VersionRef } from "../directory/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import { createActiveRequests } from "./active-requests.ts";
import type { RuntimeModule } from "./bundle-modules.ts";
import type { ConsoleCollector } from "./console-collector.ts";
import type { EgressProxy } from "./egress-proxy.ts";
import { ExitAwareDispatcher } from "./exit-aware-dispatcher.ts";
import { BINARY_BY_DESCRIPTOR, type Isolation } from "./isolation.ts";
import { writePidFile } from "./leftovers.ts";
import { ProcessLoad } from "./process-load.ts";
import { preferForOutOfMemoryKill } from "./process-stats.ts";
import { createRuntimeConsole } from "./runtime-console.ts";
import type { RuntimeExit, RuntimeLease } from "./runtime-driver.ts";
import { exitOf, refusalMessage } from "./runtime-exit.ts";
import { writeRuntimeFiles } from "./runtime-files.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";
import { createWatchdog, type Usage } from "./watchdog.ts";

/** What all runtime processes of one driver share. */
export interface RuntimeHost {
  binary: string;
  isolation: Isolation;
  collector: ConsoleCollector;
  egress: EgressProxy;
  sink: ObservationSink;
  clock: Clock;
  log: Log;
  limits: RuntimeLimits;
  /** A new directory path for one process. */
  nextDirectory(): string;
}

/** What one process runs, and in whose name. */
export interface RuntimeSpec {
  organizationId: string;
  serverId: string;
  version: VersionRef;
  modules: readonly RuntimeModule[];
  environment: Readonly<Record<string, string>>;
}

/** One running workerd process. */
export interface RuntimeProcess {
  readonly version: VersionRef;
  readonly startMs: number;
  readonly startedAtMs: number;
  /** Who uses it. */
  readonly load: ProcessLoad;
  lease(requestId: string | null): RuntimeLease;
  /** Looks after the process; call it every `watchdogIntervalMs`. */
  tick(): void;
  usage(): Usage | null;
  exit(): RuntimeExit | null;
  /** Ends the process and resolves when nothing of it is left. Exchanges still open break with reason `stopped`. */
  stop(): Promise<void>;
  /** Resolves with why the process ended, after its last words were read and its files removed. Never rejects. */
  readonly ended: Promise<RuntimeExit>;
}

const ORIGIN = "http://runtime";
const STOPPED: RuntimeExit = { reason: "stopped", message: "The server's runtime was stopped." };

/** Resolves when every socket listens: workerd says so on descriptor 3, one line for each. */
function listening(control: Readable, sockets: number): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    control.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("latin1")).slice(-4_096);
      if (text.split('"event":"listen"').length - 1 >= sockets) resolve();
    });
  });
}

/** It is this machine that fails, not the server: whoever reads it should not look for the reason in the code. */
function notStarted(cause: unknown): never {
  const isFull = ["ENOSPC", "EDQUOT"].includes((cause as { code?: string }).code ?? "");
  throw new DomainError(
    "runtime_failed",
    isFull
      ? "The server's runtime could not be started: the disk of this node is full. The operator of the node must free some space."
      : "The server's runtime could not be started.",
    { cause },
  );
}

/**
 * Starts one runtime process and resolves when it answers. Throws DomainError `bundle_refused` with the runtime's own
 * message when the code does not load, or `runtime_failed` when the process cannot be started; nothing is left then.
 */
export async function startRuntimeProcess(host: RuntimeHost, spec: RuntimeSpec): Promise<RuntimeProcess> {
  const { clock, limits, isolation } = host;
  const beganMs = clock.monotonicMs();
  const requests = createActiveRequests(() => clock.monotonicMs());
  const lines = createRuntimeConsole({
    serverId: spec.serverId,
    versionId: spec.version.id,
    sink: host.sink,
    clock,
    requests,
  });
  const files = await writeRuntimeFiles({
    directory: host.nextDirectory(),
    modules: spec.modules,
    environment: spec.environment,
    heapMiBMax: limits.heapMiBMax,
    owner: isolation.user,
  }).catch(notStarted);
  const closers: (() => void)[] = [];
  const removeAll = async (): Promise<void> => {
    for (const close of closers) close();
    await files.remove();
  };

  let child: ChildProcess;
  try {
    closers.push(await host.collector.listen(files.sockets.collector, lines));
    closers.push(
      await host.egress.listen(files.sockets.egress, {
        organizationId: spec.organizationId,
        serverId: spec.serverId,
        versionId: spec.version.id,
        requests,
        console: lines,
      }),
    );
    child = await spawnRuntime(host, files.config, files.directory, files.processEnvironment);
  } catch (error) {
    await removeAll();
    return notStarted(error);
  }

  let killedFor: RuntimeExit | null = null;
  let exit: RuntimeExit | null = null;
  const kill = (reason: RuntimeExit): void => {
    killedFor ??= reason;
    child.kill("SIGKILL");
  };
  const pool = new Pool(ORIGIN, {
    socketPath: files.sockets.tenant,
    connections: limits.connectionsPerRuntimeMax,
    // The gateway has its own clock for calls; here only the end of the process ends an exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const watchdog = createWatchdog({
    pid: child.pid ?? 0,
    healthSocket: files.sockets.health,
    clock,
    limits,
    kill,
  });

  const { stdout, stderr } = child;
  stdout?.on("data", (chunk: Buffer) => lines.output("stdout", chunk));
  stderr?.on("data", (chunk: Buffer) => lines.output("stderr", chunk));
  const processEnded = new Promise<RuntimeExit>((resolve) => {
    // "close" comes after both streams were read to their end, so the last words are known.
    child.once("close", (code, signal) => {
      exit = killedFor ?? exitOf({ code, signal }, lines.systemLines(), limits);
      resolve(exit);
    });
  });
  const ended = processEnded.then(async (reason) => {
    watchdog.close();
    lines.close();
    try {
      await pool.destroy();
      await removeAll();
    } catch (error) {
      host.log.warn({ err: error, directory: files.directory }, "not all of a runtime could be removed");
    }
    return reason;
  });

  const control = child.stdio[3] as Readable;
  let readyTimer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    listening(control, 2).then(() => "ready" as const),
    processEnded.then(() => "ended" as const),
    new Promise<"late">((resolve) => {
      readyTimer = setTimeout(() => resolve("late"), limits.readyTimeoutMs);
    }),
  ]);
  clearTimeout(readyTimer);
  if (outcome !== "ready") {
    const late = `The code did not finish loading within ${limits.readyTimeoutMs / 1_000} s.`;
    if (outcome === "late") kill({ reason: "cpu_limit", message: late });
    const reason = await ended;
    const said = refusalMessage(lines.systemLines());
    if (reason.reason === "crashed" && said === null) {
      host.log.error({ said: lines.systemLines(), exit: reason }, "a runtime ended before it was ready");
      throw new DomainError("runtime_failed", "The server's runtime could not be started.", {
        cause: reason,
      });
    }
    throw new DomainError("bundle_refused", said ?? reason.message, { details: { reason: reason.reason } });
  }

  const dispatcher = new ExitAwareDispatcher(pool, processEnded);
  const startedAtMs = clock.nowMs();
  const startMs = clock.monotonicMs() - beganMs;
  const load = new ProcessLoad({
    version: spec.version,
    dispatcher,
    requests,
    monotonicMs: () => clock.monotonicMs(),
    exit: () => exit ?? killedFor,
  });

  async function stop(): Promise<void> {
    if (exit === null) {
      killedFor ??= STOPPED;
      // Politely only when nobody waits: the runtime would wait for open exchanges, and they had their time.
      child.kill(load.inFlight > 0 ? "SIGKILL" : "SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), limits.stopTimeoutMs);
      await processEnded;
      clearTimeout(timer);
    }
    await ended;
  }

  return {
    version: spec.version,
    startMs,
    startedAtMs,
    ended,
    load,
    lease: (requestId) => load.open(requestId),
    tick() {
      watchdog.tick(load.inFlight > 0);
      lines.tick(watchdog.isAnswering());
    },
    usage: () => watchdog.usage(),
    exit: () => exit ?? killedFor,
    stop,
  };
}

/** Spawns the process inside its fence and notes its pid. Rejects when it cannot be executed at all. */
function spawnRuntime(
  host: RuntimeHost,
  config: string,
  directory: string,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const { isolation, limits } = host;
  const descriptor = isolation.binaryDescriptor;
  const { file, args } = isolation.command(
    descriptor === null ? host.binary : BINARY_BY_DESCRIPTOR,
    ["serve", "--experimental", config, "--control-fd=3"],
    limits.dataMiBMax * 1024 * 1024,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: directory,
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe", "pipe", ...(descriptor === null ? [] : [descriptor])],
    });
    child.on("error", (error) => {
      host.log.warn({ err: error, pid: child.pid }, "a runtime process failed");
      reject(error);
    });
    child.once("spawn", () => resolve(child));
    if (child.pid === undefined) return;
    try {
      writePidFile(directory, child.pid);
    } catch (error) {
      // A process that nobody would find again after a crash of ours must not run.
      child.kill("SIGKILL");
      reject(error);
    }
    preferForOutOfMemoryKill(child.pid);
  });
}
