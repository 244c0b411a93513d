import type { ClientFrame } from "#lib/contract/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { reconnectDelayMs } from "./backoff.ts";
import { type ConnectionEvent, type ConnectionRules, type ConnectionState, step } from "./connection.ts";
import { type DecodedFrame, decodeServerFrame } from "./decode-frame.ts";
import type { Cancel, LogStreamEnvironment, SocketLike } from "./environment.ts";

export interface StreamListener {
  frame(frame: DecodedFrame): void;
  /** The state changed; frames of an earlier connection do not come any more. */
  state(state: ConnectionState): void;
}

/** Keeps one connection to a log stream alive: carries out what the connection's state machine decides. */
export class StreamClient {
  readonly #environment: LogStreamEnvironment;
  readonly #listener: StreamListener;
  readonly #rules: ConnectionRules;
  #state: ConnectionState = { phase: "off" };
  #socket: SocketLike | null = null;
  #openedMs = 0;
  #heardMs = 0;
  #cancelWait: Cancel = () => {};
  #cancelSilence: Cancel = () => {};
  #check: AbortController | null = null;

  constructor(environment: LogStreamEnvironment, listener: StreamListener) {
    this.#environment = environment;
    this.#listener = listener;
    this.#rules = {
      stableMs: viewerLimits.stableConnectionMs,
      fullCheckMs: viewerLimits.fullCheckMs,
      delayMs: (attempt) =>
        reconnectDelayMs(attempt, environment.random(), {
          minMs: viewerLimits.reconnectDelayMsMin,
          maxMs: viewerLimits.reconnectDelayMsMax,
        }),
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.#happen({ type: "start" });
  }

  stop(): void {
    this.#happen({ type: "stop" });
  }

  /** Connects now instead of later, or again after a refusal. */
  retry(): void {
    this.#happen({ type: "retry" });
  }

  /** Sends when connected; else the frame is dropped, since each connection starts with its own. */
  send(frame: ClientFrame): void {
    if (this.#state.phase === "live") this.#socket?.send(JSON.stringify(frame));
  }

  #happen(event: ConnectionEvent): void {
    const [state, effects] = step(this.#state, event, this.#rules);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === "check") this.#askStatus();
      else if (effect.type === "connect") this.#connect();
      else if (effect.type === "disconnect") this.#disconnect();
      else this.#wait(effect.delayMs);
    }
    if (changed) this.#listener.state(state);
  }

  #wait(delayMs: number): void {
    this.#cancelWait();
    this.#cancelWait = this.#environment.after(delayMs, () => this.#happen({ type: "waited" }));
  }

  #askStatus(): void {
    this.#check?.abort();
    const check = new AbortController();
    this.#check = check;
    void this.#environment.checkStatus(check.signal).then((answer) => {
      if (!check.signal.aborted) this.#happen({ type: "answered", answer });
    });
  }

  #connect(): void {
    this.#releaseSocket();
    const socket = this.#environment.openSocket();
    this.#socket = socket;
    this.#openedMs = this.#environment.clock.monotonicMs();
    this.#heardMs = this.#openedMs;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#watchSilence();
  }

  #receive(data: unknown): void {
    this.#heardMs = this.#environment.clock.monotonicMs();
    const frame = typeof data === "string" ? decodeServerFrame(data) : null;
    if (frame === null) return;
    if (frame.type === "hello") this.#happen({ type: "greeted" });
    this.#listener.frame(frame);
  }

  #closed(code: number): void {
    const livedMs = this.#environment.clock.monotonicMs() - this.#openedMs;
    this.#releaseSocket();
    this.#happen({ type: "closed", code, livedMs });
  }

  /** A connection that says nothing for several heartbeats is dead, even if nobody closed it. */
  #watchSilence(): void {
    const silentMs = this.#environment.clock.monotonicMs() - this.#heardMs;
    if (silentMs >= viewerLimits.silenceMsMax) {
      this.#closed(1006);
      return;
    }
    this.#cancelSilence = this.#environment.after(viewerLimits.silenceMsMax - silentMs, () =>
      this.#watchSilence(),
    );
  }

  #disconnect(): void {
    this.#cancelWait();
    this.#check?.abort();
    this.#check = null;
    this.#releaseSocket();
  }

  #releaseSocket(): void {
    this.#cancelSilence();
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
