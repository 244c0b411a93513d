import { Buffer } from "node:buffer";
import type { LogEntry, LogLevel, ServerFrame } from "#lib/contract/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import type { ConsoleFact } from "./facts.ts";

const WIRE_IDS_MAX = 1_000;
const wireIds = new Map<string, string>();

/** The wire form of a request's UUID; the lines of one request come together, so the last ones are remembered. */
function wireRequestId(uuid: string): string {
  const known = wireIds.get(uuid);
  if (known !== undefined) return known;
  if (wireIds.size >= WIRE_IDS_MAX) wireIds.clear();
  const id = encodeId("req", uuid);
  wireIds.set(uuid, id);
  return id;
}

/** The wire form of a console fact. */
export function toEntry(fact: ConsoleFact): LogEntry {
  const entry: LogEntry = {
    timestamp: fact.timestampMs,
    level: fact.level,
    message: fact.message,
    seq: fact.seq,
    method: fact.method,
  };
  if (fact.requestId !== null) entry.requestId = wireRequestId(fact.requestId);
  if (fact.truncated) {
    entry.truncated = true;
    entry.bytes = fact.bytes;
  }
  if (fact.lostLines !== undefined) entry.lostLines = fact.lostLines;
  return entry;
}

export const encodeFrame = (frame: ServerFrame): Buffer => Buffer.from(JSON.stringify(frame));

/** How many lines were not sent, by level; levels without any are left out. */
export type LevelCounts = Partial<Record<LogLevel, number>>;

/** Lines `from`…`to` of which the viewer gets `facts`; the others do not match its filter. */
export interface Batch {
  epoch: string;
  from: number;
  to: number;
  filterRev: number;
  facts: readonly ConsoleFact[];
}

export const encodeBatch = (batch: Batch): Buffer =>
  encodeFrame({
    type: "logs",
    epoch: batch.epoch,
    from: batch.from,
    to: batch.to,
    filterRev: batch.filterRev,
    entries: batch.facts.map(toEntry),
  });
