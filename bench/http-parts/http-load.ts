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

/** One request per connection, over and over: `connection` counts from 0. */
export type RequestOf = (connection: number) => Buffer;

export interface LoadOptions {
  connections: number;
  /** Ends after this time, or after this many requests. What is under way is waited for. */
  until: { seconds: number } | { requests: number };
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
/** An upstream that closes every connection must not keep the load busy for ever. */
const BROKEN_CONNECTIONS_MAX = 1_000;

/** One keep-alive connection with one request at a time: as little work per request as Node allows. */
class Connection {
  readonly ended = Promise.withResolvers<void>();
  readonly #address: Address;
  readonly #request: Buffer;
  readonly #onAnswer: (ms: number, isOk: boolean) => boolean;
  #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  #sentMs = 0;
  #isWaiting = false;
  #broken = 0;

  constructor(address: Address, request: Buffer, onAnswer: (ms: number, isOk: boolean) => boolean) {
    this.#address = address;
    this.#request = request;
    this.#onAnswer = onAnswer;
    this.#socket = this.#open();
  }

  #open(): Socket {
    const socket = connect({ ...this.#address, noDelay: true });
    socket.on("connect", () => this.#send());
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => this.#closed());
    return socket;
  }

  /** Whoever closes without an answer has failed; who closes after one only wants another connection. */
  #closed(): void {
    const goOn = this.#isWaiting || this.#sentMs === 0 ? this.#onAnswer(0, false) : true;
    this.#isWaiting = false;
    this.#broken++;
    if (!goOn || this.#broken > BROKEN_CONNECTIONS_MAX) this.ended.resolve();
    else this.#socket = this.#open();
  }

  #send(): void {
    this.#sentMs = performance.now();
    this.#isWaiting = true;
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
    this.#isWaiting = false;
    if (this.#onAnswer(performance.now() - this.#sentMs, head.startsWith("HTTP/1.1 200"))) this.#send();
    else {
      this.#socket.removeAllListeners("close");
      this.#socket.destroy();
      this.ended.resolve();
    }
  }
}

/** Sends requests over `connections` connections, one at a time on each. */
export async function load(
  address: Address,
  requestOf: RequestOf,
  { connections, until }: LoadOptions,
): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  const startedMs = performance.now();
  const endMs = "seconds" in until ? startedMs + until.seconds * 1_000 : Number.POSITIVE_INFINITY;
  // Those that every connection has under way count too.
  const last = "requests" in until ? until.requests - connections : Number.POSITIVE_INFINITY;
  const open = Array.from(
    { length: connections },
    (_, index) =>
      new Connection(address, requestOf(index), (ms, isOk) => {
        times.push(ms);
        if (!isOk) failures++;
        return times.length <= last && performance.now() < endMs;
      }),
  );
  await Promise.all(open.map(({ ended }) => ended.promise));
  const seconds = (performance.now() - startedMs) / 1_000;
  times.sort((left, right) => left - right);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { requests: times.length, failures, seconds, p50: at(0.5), p99: at(0.99) };
}

/** A POST with `body`, ready for the wire. */
export const postRequest = (path: string, body: string, headers: Record<string, string> = {}): Buffer =>
  Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      "host: 127.0.0.1",
      "content-type: application/json",
      "accept: application/json, text/event-stream",
      `content-length: ${Buffer.byteLength(body)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      body,
    ].join("\r\n"),
  );

/** A tool call of about one kilobyte. Calls that are under way at once have ids of their own. */
export const toolCallBody = (id: number): string =>
  JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "echo", arguments: { text: "y".repeat(900) } },
  });

export const rateOf = ({ requests, seconds }: LoadResult): number => requests / seconds;
