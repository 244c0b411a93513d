import { setTimeout as delay } from "node:timers/promises";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { drainProgress, loadServedDrains, type ServedDrain } from "./drain-progress.ts";
import { type DrainMemory, newMemory, type TurnEnd, takeTurn } from "./drain-turn.ts";

const { pollMs, idlePollMsMax, concurrentMax, slowConcurrentMax, runningMax, slowMs } = limits.drains;

/** A drain between and during its turns. */
interface Served {
  readonly memory: DrainMemory;
  running: Promise<void> | null;
  /** Monotonic time before which there is nothing to do. */
  notBeforeMs: number;
  idleMs: number;
  lastTurnMs: number;
  isFailing: boolean;
}

/**
 * Delivers the rows of all enabled drains until `signal` is aborted; resolves when the turns under way have ended. For
 * one process at a time, though two do no harm: rows are delivered at least once either way. Drains are independent:
 * one whose sink fails or is slow takes a place among its like, never the place of one that is well.
 */
export async function runLogDrains(system: System, signal: AbortSignal): Promise<void> {
  const { clock, database, log } = system;
  const progress = drainProgress(system);
  const served = new Map<string, Served>();
  let wake = new AbortController();

  const isSlow = ({ memory, isFailing }: Served): boolean =>
    isFailing ||
    memory.isSlow ||
    (memory.deliveringSinceMs !== null && clock.monotonicMs() - memory.deliveringSinceMs > slowMs);

  const hasPlace = (candidate: Served): boolean => {
    const running = [...served.values()].filter((other) => other.running !== null);
    const likes = running.filter((other) => isSlow(other) === isSlow(candidate)).length;
    return running.length < runningMax && likes < (isSlow(candidate) ? slowConcurrentMax : concurrentMax);
  };

  const turnOf = async (drain: ServedDrain, state: Served): Promise<TurnEnd> => {
    try {
      return await takeTurn({ system, progress, drain, memory: state.memory, signal });
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, drainId: drain.id }, "a log drain could not take its turn");
      return "later";
    }
  };

  const start = (drain: ServedDrain, state: Served): void => {
    state.lastTurnMs = clock.monotonicMs();
    state.isFailing = drain.failuresInRow > 0;
    state.running = turnOf(drain, state).then((end) => {
      state.running = null;
      state.idleMs = end === "idle" ? Math.min(Math.max(state.idleMs * 2, pollMs), idlePollMsMax) : 0;
      state.notBeforeMs = clock.monotonicMs() + (end === "later" ? pollMs : state.idleMs);
      if (end === "more") wake.abort();
    });
  };

  const startDue = async (): Promise<void> => {
    const drains = await loadServedDrains(database.sql);
    const ids = new Set(drains.map(({ id }) => id));
    for (const [id, { running }] of served) if (!ids.has(id) && running === null) served.delete(id);
    const due = drains
      .filter((drain) => drain.nextAttemptAtMs <= clock.nowMs())
      .map((drain) => ({ drain, state: stateOf(served, drain.id) }))
      .filter(({ state }) => state.running === null && state.notBeforeMs <= clock.monotonicMs())
      .sort((one, other) => one.state.lastTurnMs - other.state.lastTurnMs);
    for (const { drain, state } of due) {
      state.isFailing = drain.failuresInRow > 0;
      if (hasPlace(state)) start(drain, state);
    }
  };

  while (!signal.aborted) {
    wake = new AbortController();
    try {
      await startDue();
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "the log drains could not be loaded; trying again");
    }
    await pause(pollMs, AbortSignal.any([signal, wake.signal]));
  }
  await Promise.all([...served.values()].map(({ running }) => running));
}

function stateOf(served: Map<string, Served>, id: string): Served {
  const known = served.get(id);
  if (known) return known;
  const state: Served = {
    memory: newMemory(),
    running: null,
    notBeforeMs: 0,
    idleMs: 0,
    lastTurnMs: 0,
    isFailing: false,
  };
  served.set(id, state);
  return state;
}

/** Waits `ms`, or until `signal` ends the wait. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
