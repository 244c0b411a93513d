import type { Dispatcher } from "undici";
import { limits } from "#lib/kernel/limits.ts";
import type { VersionRef } from "../directory/index.ts";
import type { ActiveRequests } from "./active-requests.ts";
import type { LeaseStay, RuntimeExit, RuntimeLease } from "./runtime-driver.ts";

/** What a lease needs to know of its process. */
export interface LeasedProcess {
  readonly version: VersionRef;
  readonly dispatcher: Dispatcher;
  readonly requests: ActiveRequests;
  monotonicMs(): number;
  exit(): RuntimeExit | null;
}

const ORIGIN = "http://runtime";
const MCP_PATH = "/mcp";

/** Who uses one process now, and which sessions live in it. */
export class ProcessLoad {
  readonly process: LeasedProcess;
  readonly #open = new Set<ProcessLease>();
  /** When each session was used last; the longest unused is first. */
  readonly #sessions = new Map<string, number>();
  readonly #waiting = new Set<{ left: Set<ProcessLease>; done(): void }>();
  #whenIdle: (() => void)[] = [];
  lastUsedMs: number;

  constructor(process: LeasedProcess) {
    this.process = process;
    this.lastUsedMs = process.monotonicMs();
  }

  /** Open exchanges, streams among them. */
  get inFlight(): number {
    return this.#open.size;
  }

  /** Open exchanges besides the streams of sessions, whose clients may be long gone. */
  get wanted(): number {
    let wanted = 0;
    for (const lease of this.#open) if (!lease.isStreamOfSession) wanted++;
    return wanted;
  }

  /** Sessions that were used within `limits.mcp.sessionPinMs`. */
  get sessions(): number {
    const oldestMs = this.process.monotonicMs() - limits.mcp.sessionPinMs;
    for (const [session, usedMs] of this.#sessions) {
      if (usedMs >= oldestMs) break;
      this.#sessions.delete(session);
    }
    return this.#sessions.size;
  }

  open(requestId: string | null): RuntimeLease {
    const lease = new ProcessLease(this, requestId);
    this.#open.add(lease);
    this.lastUsedMs = this.process.monotonicMs();
    if (requestId !== null) this.process.requests.begin(requestId);
    return lease;
  }

  close(lease: ProcessLease, requestId: string | null): void {
    if (!this.#open.delete(lease)) return;
    this.lastUsedMs = this.process.monotonicMs();
    if (requestId !== null) this.process.requests.end(requestId);
    for (const waiting of this.#waiting) {
      if (waiting.left.delete(lease) && waiting.left.size === 0) waiting.done();
    }
    if (this.#open.size === 0) for (const callback of this.#whenIdle.splice(0)) callback();
  }

  keepSession(session: string): void {
    this.#sessions.delete(session);
    if (this.#sessions.size >= limits.mcp.sessionsRememberedMax) {
      const oldest = this.#sessions.keys().next();
      if (!oldest.done) this.#sessions.delete(oldest.value);
    }
    this.#sessions.set(session, this.process.monotonicMs());
  }

  endSession(session: string): void {
    this.#sessions.delete(session);
  }

  /** Calls back once, as soon as nothing is open. */
  onceIdle(callback: () => void): void {
    if (this.#open.size === 0) callback();
    else this.#whenIdle.push(callback);
  }

  /** Ends open-ended streams: all of them, or those that no session holds to this process. */
  endStreams(which: "all" | "of no session"): void {
    for (const lease of [...this.#open]) lease.endStream(which);
  }

  /** Waits for the calls that are open now; answers how many of them still are when `timeoutMs` is over. */
  callsOver(timeoutMs: number): Promise<number> {
    const left = new Set([...this.#open].filter((lease) => !lease.isOpenEnded));
    if (left.size === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(left.size);
      };
      const waiting = { left, done };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(waiting);
    });
  }
}

class ProcessLease implements RuntimeLease, LeaseStay {
  readonly origin = ORIGIN;
  readonly path = MCP_PATH;
  readonly #load: ProcessLoad;
  readonly #requestId: string | null;
  #stream: { session: string | null; onStopping(): void } | null = null;

  constructor(load: ProcessLoad, requestId: string | null) {
    this.#load = load;
    this.#requestId = requestId;
  }

  get versionId(): string {
    return this.#load.process.version.id;
  }

  get semver(): string {
    return this.#load.process.version.semver;
  }

  get sha256(): string {
    return this.#load.process.version.sha256;
  }

  get dispatcher(): Dispatcher {
    return this.#load.process.dispatcher;
  }

  get stay(): LeaseStay {
    return this;
  }

  get isOpenEnded(): boolean {
    return this.#stream !== null;
  }

  get isStreamOfSession(): boolean {
    return this.#stream !== null && this.#stream.session !== null;
  }

  exit(): RuntimeExit | null {
    return this.#load.process.exit();
  }

  isStream(session: string | null, onStopping: () => void): void {
    this.#stream = { session, onStopping };
  }

  keepSession(session: string): void {
    this.#load.keepSession(session);
  }

  endSession(session: string): void {
    this.#load.endSession(session);
  }

  endStream(which: "all" | "of no session"): void {
    if (this.#stream !== null && (which === "all" || this.#stream.session === null))
      this.#stream.onStopping();
  }

  end(): void {
    this.#load.close(this, this.#requestId);
  }
}
