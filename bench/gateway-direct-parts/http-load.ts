import { connect, type Socket } from "node:net";

/** Where load goes: a TCP port of loopback or a unix socket. */
export type Address = { port: number; host: string } | { path: string };

export interface LoadResult {
  requests: number;
  /** Answers that were not HTTP 200. */
  failures: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** One keep-alive connection with one request at a time: as little work per request as Node allows. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #onAnswer: (ms: number, isOk: boolean) => boolean;
  #buffered: Buffer = Buffer.alloc(0);
  #sentMs = 0;

  constructor(address: Address, request: Buffer, onAnswer: (ms: number, isOk: boolean) => boolean) {
    this.#request = request;
    this.#onAnswer = onAnswer;
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on("connect", () => this.#send());
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", () => this.#onAnswer(0, false));
  }

  end(): void {
    this.#socket.destroy();
  }

  #send(): void {
    this.#sentMs = performance.now();
    this.#socket.write(this.#request);
  }

  #read(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    const headEnd = this.#buffered.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#buffered.toString("latin1", 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const bodyStart = headEnd + HEAD_END.length;
    const isComplete =
      length === undefined
        ? this.#buffered.indexOf(LAST_CHUNK, bodyStart) !== -1
        : this.#buffered.length >= bodyStart + Number(length);
    if (!isComplete) return;
    this.#buffered = Buffer.alloc(0);
    const goOn = this.#onAnswer(performance.now() - this.#sentMs, head.startsWith("HTTP/1.1 200"));
    if (goOn) this.#send();
  }
}

/** Sends `request` over `connections` connections for `seconds`, one at a time on each. */
export async function load(
  address: Address,
  request: Buffer,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  let isOver = false;
  const startedMs = performance.now();
  const open = Array.from(
    { length: connections },
    () =>
      new Connection(address, request, (ms, isOk) => {
        if (isOver) return false;
        times.push(ms);
        if (!isOk) failures++;
        return true;
      }),
  );
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  isOver = true;
  const took = (performance.now() - startedMs) / 1000;
  for (const connection of open) connection.end();
  times.sort((left, right) => left - right);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { requests: times.length, failures, seconds: took, p50: at(0.5), p99: at(0.99) };
}

/** A POST with `body`, ready for the wire. */
export const postRequest = (path: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
