import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Looks at one part: resolves with null when it is well, with words when it is not. */
export type PartCheck = () => Promise<string | null>;

export interface ReadinessReport {
  status: "ready" | "not_ready";
  parts: Record<string, { status: "ok" | "failed"; detail: string | null }>;
}

/** Checks all parts at once, each within its time limit. Callers within half a second share one answer. */
export function createReadiness(
  checks: Readonly<Record<string, PartCheck>>,
  clock: Clock,
): () => Promise<ReadinessReport> {
  let last: Promise<ReadinessReport> | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (last && nowMs - lastMs < limits.frontDoor.readyCacheMs) return last;
    lastMs = nowMs;
    last = runChecks(checks);
    return last;
  };
}

async function runChecks(checks: Readonly<Record<string, PartCheck>>): Promise<ReadinessReport> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await withinLimit(check)] as const),
  );
  const isReady = entries.every(([, detail]) => detail === null);
  return {
    status: isReady ? "ready" : "not_ready",
    parts: Object.fromEntries(
      entries.map(([name, detail]) => [name, { status: detail === null ? "ok" : "failed", detail }]),
    ),
  };
}

async function withinLimit(check: PartCheck): Promise<string | null> {
  const { readyCheckTimeoutMs } = limits.frontDoor;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${readyCheckTimeoutMs} ms`), readyCheckTimeoutMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error && error.name === "DomainError" ? error.message : "the check failed";
  } finally {
    clearTimeout(timer);
  }
}
