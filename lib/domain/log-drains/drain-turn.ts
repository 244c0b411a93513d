import type { StoredLog } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { type PlacedRow, readInStoreOrder, type StorePlace, transactionBounds } from "../requests/index.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { FIRST_ROW } from "./drain-cursors.ts";
import type { DrainProgress, ServedDrain } from "./drain-progress.ts";
import { openSink, type Sink } from "./sink.ts";

const {
  batchRowsMax,
  batchBytesMax,
  batchesPerTurnMax,
  windowTransactionsMin,
  windowTransactionsMax,
  attemptsMax,
  retryDelayMsMin,
  retryDelayMsMax,
  restMs,
} = limits.drains;

/** How a drain is in one log: the place that is written down, the one it really has, and how far it looks ahead. */
interface LogState {
  saved: StorePlace;
  place: StorePlace;
  windowTransactions: number;
  /** Monotonic time at which it last had its turn; 0 for never. */
  servedAtMs: number;
}

/** What is remembered of a drain from turn to turn; nothing of it is needed to go on. */
export interface DrainMemory {
  logs: Map<StoredLog, LogState>;
  /** Rows of the next batch: fewer after a sink said that there were too many. */
  rowsMax: number;
  /** The log whose rows failed last: it goes first, so that its attempts are counted. */
  failingLog: StoredLog | null;
  /** Failures since the sink last took or refused something. */
  failuresInRow: number;
  restedAtMs: number | null;
  /** Monotonic time at which the delivery under way began. */
  deliveringSinceMs: number | null;
  isSlow: boolean;
}

const newState = (saved: StorePlace): LogState => ({
  saved,
  place: saved,
  windowTransactions: windowTransactionsMin,
  servedAtMs: 0,
});

export const newMemory = (): DrainMemory => ({
  logs: new Map(),
  rowsMax: batchRowsMax,
  failingLog: null,
  failuresInRow: 0,
  restedAtMs: null,
  deliveringSinceMs: null,
  isSlow: false,
});

/** `idle`: nothing is left to send. `more`: it goes on at once. `later`: it failed and is tried again in time. */
export type TurnEnd = "idle" | "more" | "later";

interface Turn {
  readonly system: System;
  readonly progress: DrainProgress;
  readonly drain: ServedDrain;
  readonly memory: DrainMemory;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

const isSame = (one: StorePlace, other: StorePlace): boolean =>
  one.writtenTx === other.writtenTx && one.rowId === other.rowId;

/** Delivers what a drain has to deliver, log by log, until nothing is left, it was enough for now, or the sink fails. */
export async function takeTurn(input: Omit<Turn, "sink">): Promise<TurnEnd> {
  const { system, drain, memory, progress } = input;
  const turn: Turn = { ...input, sink: openSink(system.doors, drain) };
  recall(drain, memory);
  let end: TurnEnd = "idle";
  for (const { log, batchesMax } of logsInTurn(memory)) {
    const logEnd = await drainLog(turn, log, batchesMax);
    if (logEnd === "later") return "later";
    if (logEnd === "more") end = "more";
  }
  if (end === "idle") await rest(progress, drain, memory, system.clock.monotonicMs());
  return end;
}

/**
 * The log whose rows failed last first, with one batch, so that its attempts are counted; then whatever waited longest,
 * so that a sink that fails now and then holds up no log for ever.
 */
function logsInTurn({ logs, failingLog }: DrainMemory): { log: StoredLog; batchesMax: number }[] {
  return [...logs]
    .map(([log, { servedAtMs }]) => ({ log, servedAtMs, isFailing: log === failingLog }))
    .sort((a, b) => Number(b.isFailing) - Number(a.isFailing) || a.servedAtMs - b.servedAtMs)
    .map(({ log, isFailing }) => ({ log, batchesMax: isFailing ? 1 : batchesPerTurnMax }));
}

/** Takes over what is written down; of a place, unless what is remembered goes on from it. */
function recall(drain: ServedDrain, memory: DrainMemory): void {
  memory.failuresInRow = drain.failuresInRow;
  for (const log of memory.logs.keys()) if (!drain.places.has(log)) memory.logs.delete(log);
  for (const [log, saved] of drain.places) {
    const known = memory.logs.get(log);
    if (known && isSame(known.saved, saved)) continue;
    memory.logs.set(log, newState(saved));
  }
}

/** Writes down how far a drain looked without finding anything: now and then, because each write is a transaction too. */
async function rest(
  progress: DrainProgress,
  drain: ServedDrain,
  memory: DrainMemory,
  nowMs: number,
): Promise<void> {
  if (memory.restedAtMs !== null && nowMs - memory.restedAtMs < restMs) return;
  memory.restedAtMs = nowMs;
  for (const [log, state] of memory.logs) {
    if (isSame(state.saved, state.place)) continue;
    if (await progress.passed(drain, { log, from: state.saved, to: state.place })) state.saved = state.place;
    else memory.logs.delete(log);
  }
  await progress.caughtUp(drain);
}

async function drainLog(turn: Turn, log: StoredLog, batchesMax: number): Promise<TurnEnd> {
  const { system, drain, memory, signal } = turn;
  for (let batches = 0; batches < batchesMax; ) {
    const state = memory.logs.get(log);
    if (!state || signal.aborted) return "later";
    state.servedAtMs = system.clock.monotonicMs();
    const bounds = await transactionBounds(system.database.sql);
    if (state.place.writtenTx > bounds.next) {
      await restart(turn, log, state, bounds.oldestOpen);
      continue;
    }
    const beforeTx = Math.min(state.place.writtenTx + state.windowTransactions, bounds.oldestOpen);
    if (beforeTx <= state.place.writtenTx) return "idle";
    const rows = await readInStoreOrder(system.database.sql, {
      log,
      organizationId: drain.organizationId,
      after: state.place,
      beforeTx,
      levelMin: drain.levelMin,
      serverIds: drain.serverIds,
      rowsMax: memory.rowsMax,
    });
    const isWholeWindow = rows.length < memory.rowsMax;
    const windowEnd = { writtenTx: beforeTx, rowId: FIRST_ROW };
    state.windowTransactions = isWholeWindow
      ? Math.min(state.windowTransactions * 2, windowTransactionsMax)
      : Math.max(Math.floor(state.windowTransactions / 2), windowTransactionsMin);
    if (rows.length === 0) {
      state.place = windowEnd;
      continue;
    }
    const batch = withinBytes(rows);
    const to =
      isWholeWindow && batch.length === rows.length ? windowEnd : (batch.at(-1)?.place ?? state.place);
    if (!(await send(turn, log, { state, batch, to }))) return "later";
    batches += 1;
  }
  return "more";
}

/** As many of the first rows as fit into one delivery; always one. */
function withinBytes(rows: readonly PlacedRow[]): readonly PlacedRow[] {
  let bytes = 0;
  const end = rows.findIndex(({ record }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
    return index > 0 && bytes > batchBytesMax;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

interface Batch {
  readonly state: LogState;
  readonly batch: readonly PlacedRow[];
  /** Where the drain is once the batch is settled. */
  readonly to: StorePlace;
}

/** Delivers one batch and writes down how it ended. False: the turn is over. */
async function send(turn: Turn, log: StoredLog, { state, batch, to }: Batch): Promise<boolean> {
  const { system, drain, memory, progress, sink, signal } = turn;
  const { clock, doors } = system;
  memory.deliveringSinceMs = clock.monotonicMs();
  const records = batch.map(({ record }) => record);
  const delivery = await deliver({ doors, nowMs: clock.nowMs }, sink, records, signal);
  memory.isSlow = clock.monotonicMs() - memory.deliveringSinceMs > limits.drains.slowMs;
  memory.deliveringSinceMs = null;
  // Whoever takes over sends it again.
  if (signal.aborted) return false;
  const settle = async (write: Promise<boolean>): Promise<boolean> => {
    if (!(await write)) {
      // Somebody else moved the drain: it begins again with what is written down.
      memory.logs.delete(log);
      return false;
    }
    state.saved = to;
    state.place = to;
    memory.failingLog = null;
    memory.failuresInRow = 0;
    return true;
  };
  const step = { log, from: state.saved, to };
  const bury = (reason: string) =>
    settle(
      progress.buried(
        drain,
        step,
        batch.map(({ place }) => place.rowId),
        reason,
      ),
    );
  switch (delivery.kind) {
    case "accepted": {
      memory.rowsMax = Math.min(memory.rowsMax * 2, batchRowsMax);
      const rejectedRows = Math.min(delivery.rejectedRows, batch.length);
      const { message } = delivery;
      return settle(
        progress.delivered(drain, step, { rows: batch.length - rejectedRows, rejectedRows, message }),
      );
    }
    case "refused":
      return bury(delivery.message);
    case "too_large":
      if (batch.length === 1) return bury(delivery.message);
      memory.rowsMax = Math.max(1, Math.floor(batch.length / 2));
      return true;
    case "failed": {
      memory.failingLog = log;
      if (memory.failuresInRow + 1 >= attemptsMax) {
        await bury(`Tried ${attemptsMax} times. ${delivery.message}`);
        return false;
      }
      await progress.failed(drain, delivery.message, clock.nowMs() + delayAfter(memory, delivery));
      return false;
    }
  }
}

/** Grows with each failure; longer when the sink asks for it, never longer than the longest. */
function delayAfter({ failuresInRow }: DrainMemory, delivery: Delivery & { kind: "failed" }): number {
  const grown = retryDelayMsMin * 2 ** Math.min(failuresInRow, 20);
  return Math.min(Math.max(grown, delivery.retryAfterMs ?? 0), retryDelayMsMax);
}

/** Its place is ahead of this database, which was restored from a backup: it goes on from now. */
async function restart(turn: Turn, log: StoredLog, state: LogState, oldestOpen: number): Promise<void> {
  const { progress, drain, memory, system } = turn;
  const to = { writtenTx: oldestOpen, rowId: FIRST_ROW };
  const message = `The database was restored from a backup. This drain goes on with what is stored from now on in the ${log} log.`;
  system.log.warn({ drainId: drain.id, log }, "a log drain was ahead of the database and goes on from now");
  if (await progress.restarted(drain, { log, from: state.saved, to }, message))
    memory.logs.set(log, newState(to));
  else memory.logs.delete(log);
}
