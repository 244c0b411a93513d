import { LOG_STREAM_CLOSE, type ServerFrame } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ConsoleFact } from "./facts.ts";
import { HubViewer, type SharedFrames, type ViewerTransport } from "./hub-viewer.ts";
import { LogRing } from "./log-ring.ts";
import { sharedPatternBudget } from "./pattern-meter.ts";
import { encodeFrame } from "./stream-frames.ts";

const { batchEntriesMax, batchDelayMs, serversWithRingsMax, ringsBytesMax } = limits.logStream;
/** Lines waiting for a flush at which it no longer waits for its turn: far below what a ring holds. */
const WAITING_LINES_MAX = 5 * batchEntriesMax;
const EPOCH_BYTES = 9;

/** Where a server's stream stands. `tail` is the oldest line that can be replayed. */
export interface StreamPosition {
  epoch: string;
  head: number;
  tail: number;
}

export interface HubStats {
  servers: number;
  viewers: number;
  ringBytes: number;
  lines: number;
}

/** Live lines: keeps the newest of each server and hands them to whoever watches. */
export interface LogHub {
  /** The place of the next line of a server. The line must then be published. */
  nextPosition(serverId: string): { epoch: string; seq: number };
  /** Takes a line; never waits for a viewer. */
  publish(fact: ConsoleFact): void;
  /** Messages of the first `linesMax` errors that a version wrote after the line `after`, as far as they are kept. */
  errorsOf(serverId: string, of: { versionId: string; after: number; linesMax: number }): string[];
  /** Where the stream of a server stands; null when it has neither lines nor viewers. */
  position(serverId: string): StreamPosition | null;
  /** Adds a viewer, who gets the lines after the current head. */
  attach(serverId: string, transport: ViewerTransport): { viewer: HubViewer; position: StreamPosition };
  detach(serverId: string, viewer: HubViewer): void;
  /** Lets a viewer act on a changed filter, place or pause at once. */
  advance(serverId: string, viewer: HubViewer): void;
  /** Tells every viewer the newest sequence number and the rate since the last call. */
  heartbeat(): void;
  stats(): HubStats;
  /** Closes all viewers with 1012: they may come back to another life of the hub. */
  close(): void;
}

interface Stream {
  readonly epoch: string;
  readonly ring: LogRing;
  readonly viewers: Set<HubViewer>;
  /** The newest line that viewers were given the chance to get. */
  flushedTo: number;
  lastLineMs: number;
  linesSinceHeartbeat: number;
}

/** What the log canary of this edge found last, as a heartbeat tells it. */
export type CanaryFinding = NonNullable<Extract<ServerFrame, { type: "heartbeat" }>["canary"]>;

export interface HubOptions {
  clock: Clock;
  ids: IdSource;
  /** Undefined before the canary found anything, and where there is none. */
  canary?: () => CanaryFinding | undefined;
}

export function createLogHub({ clock, ids, canary }: HubOptions): LogHub {
  const patternBudget = sharedPatternBudget(() => clock.monotonicMs());
  const streams = new Map<string, Stream>();
  const dirty = new Set<Stream>();
  const lagging = new Map<HubViewer, Stream>();
  let ringBytes = 0;
  let lines = 0;
  let lastHeartbeatMs = clock.monotonicMs();
  let flushTimer: NodeJS.Timeout | undefined;
  let flushSoon: NodeJS.Immediate | undefined;
  let isClosed = false;

  const forgetOldestSilent = (except: Stream | null): boolean => {
    let oldest: [string, Stream] | undefined;
    for (const entry of streams) {
      const [, stream] = entry;
      if (stream === except || stream.viewers.size > 0) continue;
      if (!oldest || stream.lastLineMs < oldest[1].lastLineMs) oldest = entry;
    }
    if (!oldest) return false;
    ringBytes -= oldest[1].ring.bytes;
    streams.delete(oldest[0]);
    return true;
  };

  const streamOf = (serverId: string): Stream => {
    const known = streams.get(serverId);
    if (known) return known;
    if (streams.size >= serversWithRingsMax) forgetOldestSilent(null);
    const stream: Stream = {
      epoch: ids.secret(EPOCH_BYTES),
      ring: new LogRing(),
      viewers: new Set(),
      flushedTo: 0,
      lastLineMs: clock.monotonicMs(),
      linesSinceHeartbeat: 0,
    };
    streams.set(serverId, stream);
    return stream;
  };

  const keepWithinBytes = (stream: Stream): void => {
    while (ringBytes > ringsBytesMax && forgetOldestSilent(stream));
    while (ringBytes > ringsBytesMax && stream.ring.tail < stream.ring.head) {
      const before = stream.ring.bytes;
      stream.ring.dropOldest();
      ringBytes -= before - stream.ring.bytes;
    }
  };

  const advanceViewer = (stream: Stream, viewer: HubViewer, shared: SharedFrames): void => {
    viewer.advance(shared, clock.monotonicMs());
    if (viewer.isLagging && stream.viewers.has(viewer)) {
      lagging.set(viewer, stream);
      scheduleFlush();
    } else lagging.delete(viewer);
  };

  const flushStream = (stream: Stream): void => {
    dirty.delete(stream);
    stream.flushedTo = stream.ring.head;
    const shared: SharedFrames = new Map();
    for (const viewer of stream.viewers) advanceViewer(stream, viewer, shared);
  };

  const flush = (): void => {
    clearTimeout(flushTimer);
    clearImmediate(flushSoon);
    flushTimer = undefined;
    flushSoon = undefined;
    for (const [viewer, stream] of [...lagging]) {
      if (!dirty.has(stream)) advanceViewer(stream, viewer, new Map());
    }
    for (const stream of [...dirty]) flushStream(stream);
  };

  const scheduleFlush = (): void => {
    if (!isClosed) flushTimer ??= setTimeout(flush, batchDelayMs);
  };

  const positionOf = ({ epoch, ring }: Stream): StreamPosition => ({
    epoch,
    head: ring.head,
    tail: ring.tail,
  });

  return {
    nextPosition(serverId) {
      const { epoch, ring } = streamOf(serverId);
      return { epoch, seq: ring.head + 1 };
    },
    publish(fact) {
      const stream = streamOf(fact.serverId);
      const before = stream.ring.bytes;
      stream.ring.append(fact);
      ringBytes += stream.ring.bytes - before;
      lines += 1;
      stream.lastLineMs = clock.monotonicMs();
      stream.linesSinceHeartbeat += 1;
      if (ringBytes > ringsBytesMax) keepWithinBytes(stream);
      if (stream.viewers.size === 0 || isClosed) return;
      dirty.add(stream);
      const waiting = stream.ring.head - stream.flushedTo;
      if (waiting >= WAITING_LINES_MAX) flushStream(stream);
      else if (waiting >= batchEntriesMax) flushSoon ??= setImmediate(flush);
      else scheduleFlush();
    },
    errorsOf(serverId, { versionId, after, linesMax }) {
      const ring = streams.get(serverId)?.ring;
      const found: string[] = [];
      for (let seq = Math.max(after + 1, ring?.tail ?? 0); ring && seq <= ring.head; seq++) {
        const fact = ring.at(seq);
        if (fact?.level === "error" && fact.versionId === versionId) found.push(fact.message);
        if (found.length >= linesMax) break;
      }
      return found;
    },
    position(serverId) {
      const stream = streams.get(serverId);
      return stream ? positionOf(stream) : null;
    },
    attach(serverId, transport) {
      const stream = streamOf(serverId);
      const viewer = new HubViewer(stream, { transport, clock, patternBudget });
      if (stream.viewers.size === 0) stream.flushedTo = stream.ring.head;
      stream.viewers.add(viewer);
      return { viewer, position: positionOf(stream) };
    },
    detach(serverId, viewer) {
      streams.get(serverId)?.viewers.delete(viewer);
      lagging.delete(viewer);
    },
    advance(serverId, viewer) {
      const stream = streams.get(serverId);
      if (stream?.viewers.has(viewer)) advanceViewer(stream, viewer, new Map());
    },
    heartbeat() {
      const nowMs = clock.monotonicMs();
      const seconds = Math.max(0.001, (nowMs - lastHeartbeatMs) / 1_000);
      lastHeartbeatMs = nowMs;
      const finding = canary?.();
      for (const stream of streams.values()) {
        const linesPerSecond = Math.round((stream.linesSinceHeartbeat / seconds) * 10) / 10;
        stream.linesSinceHeartbeat = 0;
        if (stream.viewers.size === 0) continue;
        const { epoch, ring } = stream;
        const frame = encodeFrame({
          type: "heartbeat",
          epoch,
          head: ring.head,
          linesPerSecond,
          at: clock.nowMs(),
          ...(finding === undefined ? {} : { canary: finding }),
        });
        for (const viewer of stream.viewers) {
          viewer.tellPlace();
          viewer.tell(frame);
        }
      }
    },
    stats() {
      let viewers = 0;
      for (const stream of streams.values()) viewers += stream.viewers.size;
      return { servers: streams.size, viewers, ringBytes, lines };
    },
    close() {
      isClosed = true;
      clearTimeout(flushTimer);
      clearImmediate(flushSoon);
      for (const stream of streams.values()) {
        for (const viewer of stream.viewers) viewer.close(LOG_STREAM_CLOSE.restart, "The platform restarts.");
      }
      lagging.clear();
      dirty.clear();
    },
  };
}
