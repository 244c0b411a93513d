import type { StatusAnswer } from "#lib/client/log-stream/connection.ts";
import type { Cancel, LogStreamEnvironment, SocketLike } from "#lib/client/log-stream/environment.ts";
import { entryMatcher, type LogFilter, NO_FILTER } from "#lib/client/log-stream/filter.ts";
import type { HistoryQuery } from "#lib/client/log-stream/history.ts";
import type { RegexRequest, WorkerLike } from "#lib/client/log-stream/regex-searcher.ts";
import { searchWithRegex } from "#lib/client/log-stream/regex-searcher.ts";
import type { ConsoleContext, ConsoleLine } from "#lib/contract/index.ts";
import type { ClientFrame, LogEntry, LogLevel, ServerFrame } from "#lib/contract/log-stream.ts";
import { compileLinePattern, isPatternProblem } from "#lib/kernel/line-pattern.ts";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A log stream server and the browser around a viewer, in memory and with a clock that only tests move. */
export class LogStreamSimulation {
  readonly ringLinesMax: number;
  nowMs = 1_000_000;
  status: StatusAnswer = { kind: "may_connect" };
  epoch = "e1";
  head = 0;
  /** Every line ever written, with the epoch it belongs to. */
  readonly written: { readonly epoch: string; readonly entry: LogEntry }[] = [];
  readonly received: ClientFrame[] = [];
  statusCalls = 0;
  retentionDays = 7;
  readonly history = new SimulatedHistory(this);
  #ring: LogEntry[] = [];
  #timers = new Set<Timer>();
  #paint: (() => void) | null = null;
  #viewer: SimulatedViewer | null = null;

  constructor(ringLinesMax: number) {
    this.ringLinesMax = ringLinesMax;
  }

  readonly environment: LogStreamEnvironment = {
    openSocket: () => {
      const viewer = new SimulatedViewer(this);
      this.#viewer = viewer;
      return viewer.socket;
    },
    checkStatus: async () => {
      this.statusCalls++;
      return this.status;
    },
    startRegexWorker: () => answeringWorker(),
    history: {
      lines: async (query) => this.history.lines(query),
      context: async (query) => this.history.context(query),
    },
    clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
    random: () => 0.5,
    beforePaint: (callback) => {
      this.#paint = callback;
      return () => {
        if (this.#paint === callback) this.#paint = null;
      };
    },
    after: (delayMs, run): Cancel => {
      const timer = { atMs: this.nowMs + delayMs, run };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
  };

  get viewer(): SimulatedViewer | null {
    return this.#viewer;
  }

  get ring(): readonly LogEntry[] {
    return this.#ring;
  }

  get tail(): number {
    return this.head - this.#ring.length + 1;
  }

  write(level: LogLevel, message: string, requestId?: string, lostLines?: number): void {
    this.head++;
    const entry: LogEntry = {
      timestamp: this.nowMs,
      level,
      message,
      seq: this.head,
      ...(requestId ? { requestId } : {}),
      ...(lostLines === undefined ? {} : { lostLines }),
    };
    this.written.push({ epoch: this.epoch, entry });
    this.#ring.push(entry);
    if (this.#ring.length > this.ringLinesMax) this.#ring.shift();
  }

  /** The server lost its memory. */
  restart(): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
    this.head = 0;
    this.#ring = [];
    this.#viewer?.close(1012);
  }

  /** Runs animation frames until none is wanted any more. */
  paint(): void {
    for (let frame = 0; frame < 4 && this.#paint !== null; frame++) {
      const paint = this.#paint;
      this.#paint = null;
      paint();
    }
  }

  /** Moves the clock, runs what is due, and lets answers arrive. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs <= this.nowMs && this.#timers.delete(timer)) timer.run();
    }
    await Promise.resolve();
    await Promise.resolve();
  }
}

/** Everything that was written, unless it was lost, as the REST API gives it. */
export class SimulatedHistory {
  readonly #server: LogStreamSimulation;
  /** Lines that were never stored, as `epoch seq`. */
  readonly lost = new Set<string>();
  readonly queries: HistoryQuery[] = [];
  failure: Error | null = null;

  constructor(server: LogStreamSimulation) {
    this.#server = server;
  }

  get #stored(): ConsoleLine[] {
    return this.#server.written.flatMap(({ epoch, entry }, index) =>
      this.lost.has(`${epoch} ${entry.seq}`) ? [] : [{ ...entry, id: `cns_${index}`, epoch, version: null }],
    );
  }

  lines(query: HistoryQuery): { data: ConsoleLine[]; nextCursor: string | null } {
    this.queries.push(query);
    if (this.failure) throw this.failure;
    const { epoch, seqFrom = 0, seqTo = Number.POSITIVE_INFINITY, pageSize = 50 } = query;
    const fromMs = query.from === undefined ? 0 : Date.parse(query.from);
    const toMs = query.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.to);
    const found = this.#stored
      .filter(
        (line) => epoch === undefined || (line.epoch === epoch && line.seq >= seqFrom && line.seq <= seqTo),
      )
      .filter(({ timestamp }) => timestamp >= fromMs && timestamp < toMs)
      .reverse();
    const start = Number(query.cursor ?? 0);
    const next = start + pageSize;
    return { data: found.slice(start, next), nextCursor: next < found.length ? String(next) : null };
  }

  context({ line, before, after }: { line: string; before: number; after: number }): ConsoleContext {
    if (this.failure) throw this.failure;
    const [epoch, seq] = line.split(".");
    const stored = this.#stored;
    const target = stored.findIndex((one) => one.epoch === epoch && one.seq === Number(seq));
    if (target === -1) return { data: [], target: null };
    const first = Math.max(0, target - before);
    return { data: stored.slice(first, target + after + 1), target: target - first };
  }
}

/** One connection as the server sees it: a cursor that only `resume` moves back. */
export class SimulatedViewer {
  readonly #server: LogStreamSimulation;
  #cursor: number;
  #rev = 0;
  #filter: LogFilter = NO_FILTER;
  #isOpen = true;
  #isGreeted = false;

  readonly socket: SocketLike = {
    onmessage: null,
    onclose: null,
    send: (text) => this.#receive(JSON.parse(text) as ClientFrame),
    close: () => {
      this.#isOpen = false;
    },
  };

  constructor(server: LogStreamSimulation) {
    this.#server = server;
    this.#cursor = server.head;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  greet(): void {
    if (this.#isGreeted) return;
    this.#isGreeted = true;
    const { epoch, head, tail } = this.#server;
    this.send({
      type: "hello",
      server: { id: "srv_1", slug: "support-api", name: "Support API" },
      epoch,
      head,
      tail,
      viewers: 1,
      viewersMax: 10,
      retention: this.#server.retentionDays,
    });
  }

  /** Sends at most `linesMax` lines after the cursor as one frame. */
  deliver(linesMax: number): void {
    const { epoch, head, ring, tail } = this.#server;
    if (this.#cursor + 1 < tail) this.#declare(tail - 1, "no_longer_buffered");
    const to = Math.min(head, this.#cursor + linesMax);
    if (to <= this.#cursor) return;
    const matches = entryMatcher(this.#filter);
    const entries = ring.filter((entry) => entry.seq > this.#cursor && entry.seq <= to && matches(entry));
    this.send({ type: "logs", epoch, from: this.#cursor + 1, to, filterRev: this.#rev, entries });
    this.#cursor = to;
  }

  /** Passes over up to `linesMax` lines as for a viewer that is too slow. */
  drop(linesMax: number): void {
    this.#declare(Math.min(this.#server.head, this.#cursor + linesMax), "slow_viewer");
  }

  heartbeat(): void {
    const { epoch, head, nowMs } = this.#server;
    this.send({ type: "heartbeat", epoch, head, linesPerSecond: 0, at: nowMs });
  }

  close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.socket.onclose?.({ code });
  }

  send(frame: ServerFrame): void {
    if (this.#isOpen) this.socket.onmessage?.({ data: JSON.stringify(frame) });
  }

  #declare(to: number, reason: "slow_viewer" | "no_longer_buffered"): void {
    const from = this.#cursor + 1;
    if (to < from) return;
    this.#cursor = to;
    const { epoch } = this.#server;
    this.send({ type: "dropped", epoch, from, to, count: to - from + 1, byLevel: {}, reason });
  }

  #receive(frame: ClientFrame): void {
    this.#server.received.push(frame);
    if (!this.#isOpen) return;
    if (frame.type === "filter") {
      this.#rev = frame.rev;
      const { level, text, requestId, regex } = frame;
      const pattern = regex === undefined ? null : compileLinePattern(regex);
      this.#filter = {
        ...(level ? { level } : {}),
        ...(text ? { text } : {}),
        ...(requestId ? { requestId } : {}),
        ...(pattern && !isPatternProblem(pattern) ? { pattern } : {}),
      };
    }
    if (frame.type === "resume" && frame.epoch === this.#server.epoch) {
      this.#cursor = Math.min(frame.after, this.#server.head);
      if (this.#cursor + 1 < this.#server.tail) this.#declare(this.#server.tail - 1, "no_longer_buffered");
    }
  }
}

function answeringWorker(): WorkerLike {
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    terminate: () => {},
    postMessage: (request: RegexRequest) => {
      queueMicrotask(() => worker.onmessage?.({ data: searchWithRegex(request) }));
    },
  };
  return worker;
}
