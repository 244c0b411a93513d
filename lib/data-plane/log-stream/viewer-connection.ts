import type { RawData, WebSocket } from "ws";
import { ClientFrame, LOG_STREAM_CLOSE, type ServerFrame } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { decodeId, isUuid } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";
import { encodeFrame, type HubViewer, type LogHub } from "../observation/index.ts";
import type { Credentials } from "./access.ts";
import { MessageRate } from "./message-rate.ts";

const { clientMessagesPerSecondMax, idleViewerMs, pingMs, pongMsMax, viewerRecheckMs, closeMsMax } =
  limits.logStream;

export interface ViewerConnectionOptions {
  socket: WebSocket;
  hub: LogHub;
  server: ServerEntry;
  credentials: Credentials;
  name: string;
  /** How many may watch the server at once. */
  viewersMax: number;
  expiresAtMs: number | null;
  clock: Clock;
  /** Called once, as soon as the viewer no longer counts. */
  onEnd(): void;
}

/** One open WebSocket of the log stream. Nothing it receives and no error of its socket throws. */
export class ViewerConnection {
  readonly name: string;
  readonly since: string;
  readonly server: ServerEntry;
  readonly credentials: Credentials;
  readonly #socket: WebSocket;
  readonly #hub: LogHub;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #viewer: HubViewer;
  readonly #rate: MessageRate;
  #hasEnded = false;
  #expiresAtMs: number | null;
  #lastMessageMs: number;
  #lastPingMs: number;
  /** When the ping was sent that has no answer yet. */
  #unansweredPingMs: number | null = null;
  #nextCheckMs: number;

  constructor(options: ViewerConnectionOptions, viewersNow: number) {
    const { socket, hub, server, clock } = options;
    const nowMs = clock.monotonicMs();
    this.#socket = socket;
    this.#hub = hub;
    this.#clock = clock;
    this.#onEnd = options.onEnd;
    this.#rate = new MessageRate(clientMessagesPerSecondMax, nowMs);
    this.#expiresAtMs = options.expiresAtMs;
    this.#lastMessageMs = nowMs;
    this.#lastPingMs = nowMs;
    this.#nextCheckMs = nowMs + viewerRecheckMs;
    this.name = options.name;
    this.since = new Date(clock.nowMs()).toISOString();
    this.server = server;
    this.credentials = options.credentials;
    const { viewer, position } = hub.attach(server.id, {
      bufferedBytes: () => socket.bufferedAmount,
      send: (frame) => this.#send(frame),
      close: (code, reason) => this.end(code, reason),
    });
    this.#viewer = viewer;
    this.tell({
      type: "hello",
      server: { id: server.id, slug: server.slug, name: server.name },
      ...position,
      viewers: viewersNow,
      viewersMax: options.viewersMax,
      retention: server.retentionDays,
    });
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("ping", (data) => {
      if (this.#mayReceive()) socket.pong(data);
    });
    socket.on("pong", () => {
      this.#unansweredPingMs = null;
    });
    // A broken connection also closes; there is nothing else to do about it.
    socket.on("error", () => this.#release());
    socket.on("close", () => this.#release());
  }

  tell(frame: ServerFrame): void {
    this.#viewer.tell(encodeFrame(frame));
  }

  /** Closes with `code`; whoever does not answer the close frame is cut off. The slot is free at once. */
  end(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#release();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), closeMsMax).unref();
  }

  /** Ends what is idle, expired or dead; pings the others. */
  sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#expiresAtMs !== null && this.#clock.nowMs() >= this.#expiresAtMs) {
      this.end(LOG_STREAM_CLOSE.unauthenticated, "The session has ended. Sign in again.");
    } else if (nowMs - Math.max(this.#lastMessageMs, this.#viewer.lastDeliveryMs) >= idleViewerMs) {
      this.end(LOG_STREAM_CLOSE.idle, "No line for five minutes. Reconnect to go on.");
    } else if (this.#unansweredPingMs !== null && nowMs - this.#unansweredPingMs >= pongMsMax) {
      this.#release();
      this.#socket.terminate();
    } else if (nowMs - this.#lastPingMs >= pingMs) {
      this.#lastPingMs = nowMs;
      this.#unansweredPingMs ??= nowMs;
      this.#socket.ping();
    }
  }

  /** True when it is time to ask again whether the viewer may watch. */
  isDueForCheck(): boolean {
    return !this.#hasEnded && this.#clock.monotonicMs() >= this.#nextCheckMs;
  }

  checkSoon(): void {
    this.#nextCheckMs = this.#clock.monotonicMs();
  }

  /** A check begins; the next one is due by time, unless `checkSoon` asks for it meanwhile. */
  checking(): void {
    this.#nextCheckMs = this.#clock.monotonicMs() + viewerRecheckMs;
  }

  /** A check allowed the viewer to go on until `expiresAtMs`; null for ever. */
  allowUntil(expiresAtMs: number | null): void {
    this.#expiresAtMs = expiresAtMs;
  }

  #send(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // A failed write is also an error of the socket, which ends the viewer.
    this.#socket.send(frame, { binary: false }, () => undefined);
  }

  #release(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#hub.detach(this.server.id, this.#viewer);
    this.#onEnd();
  }

  #mayReceive(): boolean {
    if (this.#hasEnded) return false;
    if (this.#rate.take(this.#clock.monotonicMs())) return true;
    this.end(LOG_STREAM_CLOSE.tooManyMessages, "Too many messages: at most ten a second.");
    return false;
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#mayReceive()) return;
    this.#lastMessageMs = this.#clock.monotonicMs();
    const frame = isBinary ? null : parseClientFrame(String(data));
    if (!frame) {
      this.tell({ type: "error", code: "invalid_frame", message: "This is not a frame of the log stream." });
      return;
    }
    if (frame.type === "ping") return;
    if (frame.type === "pause") this.#viewer.pause();
    else if (frame.type === "play") this.#viewer.play();
    else if (frame.type === "resume") this.#viewer.resume(frame.epoch, frame.after);
    else this.#setFilter(frame);
    this.#hub.advance(this.server.id, this.#viewer);
  }

  #setFilter({ rev, level, text, regex, requestId }: Extract<ClientFrame, { type: "filter" }>): void {
    this.#viewer.setFilter({
      rev,
      ...(level === undefined ? {} : { level }),
      ...(text === undefined ? {} : { text }),
      ...(regex === undefined ? {} : { regex }),
      // An id that is none belongs to no line.
      ...(requestId === undefined ? {} : { requestId: requestUuidOf(requestId) ?? requestId }),
    });
  }
}

const requestUuidOf = (requestId: string): string | null =>
  isUuid(requestId) ? requestId : decodeId("req", requestId);

function parseClientFrame(text: string): ClientFrame | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: answered like any other frame that is none.
    return null;
  }
  const result = ClientFrame.safeParse(json);
  return result.success ? result.data : null;
}
