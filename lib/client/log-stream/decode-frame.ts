import type { ConsoleMethod, LogEntry, LogLevel, ServerFrame } from "#lib/contract/log-stream.ts";
import type { GapReason } from "./rows.ts";

type Json = Readonly<Record<string, unknown>>;
type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

/** A `dropped` frame whose reason may be one that this viewer does not know. */
export type DroppedFrame = Omit<FrameOf<"dropped">, "reason"> & { reason: GapReason };
export type DecodedFrame = Exclude<ServerFrame, { type: "dropped" }> | DroppedFrame;

const LEVELS: ReadonlySet<unknown> = new Set<LogLevel>(["debug", "info", "warn", "error"]);
const METHODS: ReadonlySet<unknown> = new Set<ConsoleMethod>(["log", "info", "warn", "error", "debug"]);
const REASONS: ReadonlySet<unknown> = new Set<GapReason>([
  "slow_viewer",
  "no_longer_buffered",
  "epoch_changed",
]);

type Canary = NonNullable<FrameOf<"heartbeat">["canary"]>;
const CANARY_STATES: ReadonlySet<unknown> = new Set<Canary["state"]>(["ok", "late", "lost", "stale"]);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isInteger(value);
const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);

/**
 * The frame in a WebSocket message, or null when it is none that this viewer can use. Written by hand because it
 * runs for every line: the schema of the contract is the authority, and a test holds the two together. Unknown
 * levels count as `info`, unknown members are ignored.
 */
export function decodeServerFrame(text: string): DecodedFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  switch (value.type) {
    case "logs":
      return decodeLogs(value);
    case "dropped":
      return decodeDropped(value);
    case "hello":
      return decodeHello(value);
    case "heartbeat":
      return typeof value.epoch === "string" &&
        isCount(value.head) &&
        isFiniteNumber(value.linesPerSecond) &&
        isFiniteNumber(value.at)
        ? {
            type: "heartbeat",
            epoch: value.epoch,
            head: value.head,
            linesPerSecond: value.linesPerSecond,
            at: value.at,
            ...decodeCanary(value.canary),
          }
        : null;
    case "status":
      return isCount(value.viewers) && isCount(value.viewersMax) && typeof value.state === "string"
        ? { type: "status", viewers: value.viewers, viewersMax: value.viewersMax, state: value.state }
        : null;
    case "error":
      return typeof value.code === "string" && typeof value.message === "string"
        ? { type: "error", code: value.code, message: value.message }
        : null;
    default:
      return null;
  }
}

/** A canary in a state that this viewer does not know counts as none. */
function decodeCanary(value: unknown): Pick<FrameOf<"heartbeat">, "canary"> {
  if (!isObject(value) || !CANARY_STATES.has(value.state) || !isFiniteNumber(value.at)) return {};
  const lagMs = isFiniteNumber(value.lagMs) ? value.lagMs : null;
  return { canary: { state: value.state as Canary["state"], lagMs, at: value.at } };
}

function decodeHello(value: Json): FrameOf<"hello"> | null {
  const { server, epoch, head, tail, viewers, viewersMax, retention } = value;
  if (!isObject(server) || typeof epoch !== "string") return null;
  if (typeof server.id !== "string" || typeof server.slug !== "string" || typeof server.name !== "string") {
    return null;
  }
  if (!isCount(head) || !isCount(tail) || !isCount(viewers) || !isCount(viewersMax) || !isCount(retention)) {
    return null;
  }
  return {
    type: "hello",
    server: { id: server.id, slug: server.slug, name: server.name },
    epoch,
    head,
    tail,
    viewers,
    viewersMax,
    retention,
  };
}

function decodeLogs(value: Json): FrameOf<"logs"> | null {
  const { epoch, from, to, filterRev, entries } = value;
  if (typeof epoch !== "string" || !isCount(from) || !isCount(to) || !isCount(filterRev)) return null;
  if (!Array.isArray(entries)) return null;
  const decoded: LogEntry[] = [];
  for (const entry of entries) {
    const line = decodeEntry(entry);
    if (line === null) return null;
    decoded.push(line);
  }
  return { type: "logs", epoch, from, to, filterRev, entries: decoded };
}

function decodeEntry(value: unknown): LogEntry | null {
  if (!isObject(value) || typeof value.message !== "string") return null;
  if (!isFiniteNumber(value.timestamp) || !isCount(value.seq) || typeof value.level !== "string") return null;
  const entry: LogEntry = {
    timestamp: value.timestamp,
    level: LEVELS.has(value.level) ? (value.level as LogLevel) : "info",
    message: value.message,
    seq: value.seq,
  };
  if (METHODS.has(value.method)) entry.method = value.method as ConsoleMethod;
  if (typeof value.requestId === "string") entry.requestId = value.requestId;
  if (value.truncated === true) entry.truncated = true;
  if (isCount(value.bytes)) entry.bytes = value.bytes;
  if (isCount(value.lostLines)) entry.lostLines = value.lostLines;
  return entry;
}

function decodeDropped(value: Json): DroppedFrame | null {
  const { epoch, from, to, count, byLevel, reason } = value;
  if (typeof epoch !== "string" || !isCount(from) || !isCount(to) || !isCount(count)) return null;
  const levels: Partial<Record<LogLevel, number>> = {};
  if (isObject(byLevel)) {
    for (const [level, lines] of Object.entries(byLevel)) {
      if (LEVELS.has(level) && isCount(lines)) levels[level as LogLevel] = lines;
    }
  }
  return {
    type: "dropped",
    epoch,
    from,
    to,
    count,
    byLevel: levels,
    reason: REASONS.has(reason) ? (reason as GapReason) : "unexplained",
  };
}
