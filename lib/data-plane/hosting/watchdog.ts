import { Pool } from "undici";
import type { Clock } from "#lib/kernel/clock.ts";
import { readProcessStats } from "./process-stats.ts";
import type { RuntimeExit } from "./runtime-driver.ts";
import { cpuExit, memoryExit, unresponsiveExit } from "./runtime-exit.ts";
import type { RuntimeLimits } from "./runtime-limits.ts";

/** What a process has used so far. */
export interface Usage {
  cpuMs: number;
  residentBytes: number;
}

/**
 * Holds one process to its limits, because workerd does not: memory by what the kernel says is resident, CPU by the
 * time the process burns while a ping on its health socket stays unanswered. A busy server that still answers is fine.
 */
export interface Watchdog {
  tick(isBusy: boolean): void;
  usage(): Usage | null;
  /** False while a ping waits for its answer. */
  isAnswering(): boolean;
  close(): void;
}

/** An idle process is looked at every so many ticks. */
const IDLE_TICKS = 8;
const MIB = 1024 * 1024;

export function createWatchdog(input: {
  pid: number;
  healthSocket: string;
  clock: Clock;
  limits: RuntimeLimits;
  kill(reason: RuntimeExit): void;
}): Watchdog {
  const { pid, clock, limits, kill } = input;
  const pool = new Pool("http://health", {
    socketPath: input.healthSocket,
    connections: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let usage: Usage | null = null;
  /** Where CPU and time stood when the unanswered ping was sent; null when none is on its way. */
  let asked: { cpuMs: number; atMs: number } | null = null;
  let quietTicks = 0;
  let closed = false;

  const ping = (cpuMs: number): void => {
    asked = { cpuMs, atMs: clock.monotonicMs() };
    pool
      .request({ path: "/", method: "GET" })
      .then(({ body }) => body.dump())
      .then(
        () => {
          asked = null;
        },
        () => {
          // The process is ending, and its end tells more than this error; another tick asks again if it is not.
          asked = null;
        },
      );
  };

  return {
    tick(isBusy) {
      if (closed) return;
      if (!isBusy && asked === null && quietTicks++ % IDLE_TICKS !== 0) return;
      const nowMs = clock.monotonicMs();
      const stats = readProcessStats(pid);
      // Without /proc, time under an unanswered ping stands in for CPU time.
      const cpuMs = stats?.cpuMs ?? nowMs;
      if (stats?.isZombie) return;
      const movedMs = cpuMs - (usage?.cpuMs ?? 0);
      if (stats !== null) usage = { cpuMs, residentBytes: stats.residentBytes };
      if (stats !== null && stats.residentBytes > limits.residentMiBMax * MIB) {
        kill(memoryExit(limits.residentMiBMax));
      } else if (asked !== null) {
        if (cpuMs - asked.cpuMs > limits.cpuMsMax) kill(cpuExit(limits.cpuMsMax));
        else if (nowMs - asked.atMs > limits.unresponsiveMsMax)
          kill(unresponsiveExit(limits.unresponsiveMsMax));
      } else if (isBusy || movedMs > 0) {
        quietTicks = 0;
        ping(cpuMs);
      }
    },
    usage: () => usage,
    isAnswering: () => asked === null,
    close() {
      closed = true;
      void pool.destroy();
    },
  };
}
