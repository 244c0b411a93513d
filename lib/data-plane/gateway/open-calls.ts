import { limits } from "#lib/kernel/limits.ts";
import type { Answer } from "./answers.ts";
import { type AnswerOnWire, answerCall, type Call, endCall, keyOfId } from "./calls.ts";
import type { Exchange } from "./exchange.ts";
import type { RpcId } from "./messages.ts";

/** A call of a legacy session whose answer has not been seen. */
interface OpenCall {
  exchange: Exchange;
  call: Call;
  /** Whether the exchange that carried it is over, so that only another one can bring the answer. */
  isParked: boolean;
  expiresAtMs: number;
}

export interface OpenCallsOptions {
  monotonicMs(): number;
  /** Takes a call that ended here, away from its exchange. */
  report(exchange: Exchange, call: Call): void;
}

/**
 * The calls of legacy sessions that wait for an answer. In that era a client may lose its response stream and get the
 * answer on another exchange (a GET with Last-Event-ID), and may cancel a call by a notification of its own.
 * Bounded in number and time: what does not fit or lasts too long is reported as it stands.
 */
export class OpenCalls {
  readonly #options: OpenCallsOptions;
  readonly #open = new Map<string, OpenCall>();

  constructor(options: OpenCallsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Follows a call that has begun. Only calls of sessions can be followed. */
  add(exchange: Exchange, call: Call): void {
    const key = keyIn(exchange, call.key);
    if (key === null) return;
    if (this.#open.size >= limits.mcp.pendingLegacyCallsMax) this.#evictOldest();
    const expiresAtMs = this.#options.monotonicMs() + limits.mcp.pendingLegacyCallMs;
    this.#open.set(key, { exchange, call, isParked: false, expiresAtMs });
  }

  /** The exchange of a call ended before its answer, which may still come elsewhere. False when that cannot be. */
  park(exchange: Exchange, call: Call): boolean {
    const open = this.#get(exchange, call);
    if (!open) return false;
    open.isParked = true;
    return true;
  }

  isParked(exchange: Exchange, call: Call): boolean {
    return this.#open.size > 0 && this.#get(exchange, call)?.isParked === true;
  }

  /** The call ended with its exchange. */
  remove(exchange: Exchange, call: Call): void {
    if (this.#open.size > 0 && this.#get(exchange, call)) this.#open.delete(keyIn(exchange, call.key) ?? "");
  }

  /** An answer passed on another exchange of the same session. */
  answered(on: Exchange, answer: Answer, wire: AnswerOnWire): void {
    const key = keyIn(on, keyOfId(answer.id));
    const open = key === null ? undefined : this.#open.get(key);
    if (!key || !open) return;
    answerCall(open.call, answer, wire, this.#options.monotonicMs() - open.exchange.startedMs);
    if (open.isParked) this.#finish(key, open);
  }

  /** The client no longer wants the answer of the request it named. It may have been made already, and be fetched after all. */
  canceled(on: Exchange, id: RpcId): void {
    const key = keyIn(on, keyOfId(id));
    const open = key === null ? undefined : this.#open.get(key);
    if (open) open.call.isCanceled = true;
  }

  /** The session is over: its parked calls get no answer any more. */
  sessionEnded(on: Exchange): void {
    if (on.session === null) return;
    for (const [key, open] of this.#open) {
      const { exchange } = open;
      if (!open.isParked || exchange.session !== on.session || exchange.server.id !== on.server.id) continue;
      open.call.isCanceled = true;
      this.#finish(key, open);
    }
  }

  /** Reports what has waited too long; called now and then. */
  expire(): void {
    const nowMs = this.#options.monotonicMs();
    for (const [key, open] of this.#open) {
      // Insertion order is the order of expiry.
      if (open.expiresAtMs > nowMs) return;
      if (open.isParked) this.#finish(key, open);
      else this.#open.delete(key);
    }
  }

  /** Reports everything that is parked. */
  close(): void {
    for (const [key, open] of this.#open) if (open.isParked) this.#finish(key, open);
    this.#open.clear();
  }

  #get(exchange: Exchange, call: Call): OpenCall | undefined {
    const key = keyIn(exchange, call.key);
    const open = key === null ? undefined : this.#open.get(key);
    return open?.call === call ? open : undefined;
  }

  #evictOldest(): void {
    const [oldest] = this.#open;
    if (!oldest) return;
    const [key, open] = oldest;
    if (open.isParked) this.#finish(key, open);
    else this.#open.delete(key);
  }

  #finish(key: string, open: OpenCall): void {
    this.#open.delete(key);
    endCall(
      open.call,
      "timeout",
      "The response stream ended before the answer, and no other stream brought it.",
    );
    this.#options.report(open.exchange, open.call);
  }
}

const keyIn = (exchange: Exchange, callKey: string | null): string | null =>
  exchange.session === null || callKey === null
    ? null
    : `${exchange.server.id} ${exchange.session} ${callKey}`;
