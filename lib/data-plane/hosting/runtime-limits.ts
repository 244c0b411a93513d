import { limits } from "#lib/kernel/limits.ts";

/** The bounds of a runtime that tests make smaller. */
export interface RuntimeLimits {
  readyTimeoutMs: number;
  heapMiBMax: number;
  residentMiBMax: number;
  dataMiBMax: number;
  cpuMsMax: number;
  unresponsiveMsMax: number;
  watchdogIntervalMs: number;
  idleStopMs: number;
  drainMs: number;
  restartDelayMsMin: number;
  restartDelayMsMax: number;
  crashesBeforeCrashLoop: number;
  crashWindowMs: number;
  crashesKept: number;
  startWaitsKept: number;
  connectionsPerRuntimeMax: number;
  concurrentPerServerMax: number;
  startWaitMs: number;
  runtimesMax: number;
  trialsConcurrentMax: number;
  trialMsMax: number;
  stopTimeoutMs: number;
}

/** The product's bounds with `overrides` on top. */
export const runtimeLimits = (overrides: Partial<RuntimeLimits> = {}): RuntimeLimits => ({
  ...limits.runtime,
  concurrentPerServerMax: limits.mcp.concurrentPerServerMax,
  startWaitMs: limits.mcp.startWaitMs,
  ...overrides,
});
