import { z } from "zod";

/** Levels on the wire; `console.log` has level `info` and keeps its method. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LogLevel = z.enum(LOG_LEVELS);
export type LogLevel = z.infer<typeof LogLevel>;
export const CONSOLE_METHODS = ["log", "info", "warn", "error", "debug"] as const;
export const ConsoleMethod = z.enum(CONSOLE_METHODS);
export type ConsoleMethod = z.infer<typeof ConsoleMethod>;

/** One console line. `timestamp` is Unix milliseconds; `seq` counts from 1 within an epoch, without gaps. */
export const LogEntry = z.object({
  timestamp: z.number(),
  level: LogLevel,
  message: z.string(),
  seq: z.number().int(),
  method: ConsoleMethod.optional(),
  requestId: z.string().optional(),
  /** Set when the message was cut to 10 KB; `bytes` is then its original size. */
  truncated: z.boolean().optional(),
  bytes: z.number().int().optional(),
  /** Set on a line of the platform that says how many lines were not kept, and only in the stream; it passes every filter. */
  lostLines: z.number().int().optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

const ByLevel = z.partialRecord(LogLevel, z.number().int());

/**
 * Server → viewer. Frames that carry positions (`logs`, `dropped`) are contiguous: each starts at `to + 1` of the
 * one before, beginning after the position the viewer resumed from, and accounts for every line of `from`…`to`:
 * sent, filtered out (`level` at least, `text` case-insensitive substring, `regex`, `requestId` equal), or dropped.
 */
export const ServerFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    server: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
    epoch: z.string(),
    /** The newest sequence number in the ring; 0 when there is none. */
    head: z.number().int(),
    /** The oldest sequence number that can be resumed from the ring. */
    tail: z.number().int(),
    viewers: z.number().int(),
    viewersMax: z.number().int(),
    /** Days that lines are kept; 0 means live only. */
    retention: z.number().int(),
  }),
  z.object({
    type: z.literal("logs"),
    epoch: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    filterRev: z.number().int(),
    entries: z.array(LogEntry),
  }),
  /** `count` lines with sequence `from`…`to` were not sent; `reason` says why. */
  z.object({
    type: z.literal("dropped"),
    epoch: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    count: z.number().int(),
    byLevel: ByLevel,
    reason: z.enum(["slow_viewer", "no_longer_buffered", "epoch_changed"]),
  }),
  z.object({
    type: z.literal("status"),
    viewers: z.number().int(),
    viewersMax: z.number().int(),
    state: z.string(),
  }),
  /** Every five seconds: the newest sequence number and the rate over the last five seconds. */
  z.object({
    type: z.literal("heartbeat"),
    epoch: z.string(),
    head: z.number().int(),
    linesPerSecond: z.number(),
    at: z.number(),
    /** What the log canary of this edge found last; left out before the first. `stale`: none came lately. */
    canary: z
      .object({
        state: z.enum(["ok", "late", "lost", "stale"]),
        lagMs: z.number().nullable(),
        at: z.number(),
      })
      .optional(),
  }),
  /** `invalid_filter`: the regular expression cannot be read. `filter_too_slow`: it was taken away. The stream goes on without it. */
  z.object({ type: z.literal("error"), code: z.string(), message: z.string() }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

/** Viewer → server, at most 4 KB each and ten per second. */
export const ClientFrame = z.discriminatedUnion("type", [
  /** Replay everything after `after` of `epoch`; the answer says how many lines are gone. `after: 0` replays the whole ring. */
  z.object({ type: z.literal("resume"), epoch: z.string().max(64), after: z.number().int().min(0) }),
  z.object({
    type: z.literal("filter"),
    rev: z.number().int().min(0),
    level: LogLevel.optional(),
    text: z.string().max(200).optional(),
    /** Regular expression in RE2 syntax, whatever the case; found anywhere in the message. */
    regex: z.string().max(200).optional(),
    requestId: z.string().max(64).optional(),
  }),
  z.object({ type: z.literal("pause") }),
  z.object({ type: z.literal("play") }),
  z.object({ type: z.literal("ping") }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

export { LOG_STREAM_CLOSE } from "./log-stream-close.ts";

/** `GET …/log-stream/status`: whether a viewer may connect now, since a browser cannot read a refused upgrade. */
export const LogStreamStatus = z.object({
  mayConnect: z.boolean(),
  code: z.enum(["ok", "server_inactive", "too_many_viewers", "unavailable"]),
  message: z.string(),
  viewers: z.number().int(),
  viewersMax: z.number().int(),
  holders: z.array(z.object({ name: z.string(), since: z.string() })),
  epoch: z.string().nullable(),
  head: z.number().int(),
  retention: z.number().int(),
});
export type LogStreamStatus = z.infer<typeof LogStreamStatus>;
