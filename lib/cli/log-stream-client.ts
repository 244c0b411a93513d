import type { ClientFrame, LogEntry, LogStreamStatus, Problem, ServerFrame } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode, exitCodeOf, nextStepOf } from "./exit-code.ts";

/** Lines that cannot be shown: how many, if anybody knows, and why. */
export interface Gap {
  /** Null when the stream that held them is gone. */
  count: number | null;
  reason: string;
}

interface LogStreamOptions {
  api: ApiClient;
  slug: string;
  /** How many past lines to begin with. */
  tail: number;
  /** False ends once the lines that were buffered at the start are shown. */
  follow: boolean;
  /** Begin after this line, which was read elsewhere, instead of with a tail. */
  after?: Position | undefined;
  /** What the server may leave out; lines that it sends all the same are not filtered here. */
  filter?: Omit<Extract<ClientFrame, { type: "filter" }>, "type" | "rev"> | undefined;
  onEntries(entries: readonly LogEntry[]): void;
  onGap(gap: Gap): void;
  /** What the user may want to know about the connection. */
  onTalk(text: string): void;
  signal: AbortSignal;
}

/** Where the stream was left: everything up to `seq` of `epoch` is accounted for. */
export interface Position {
  epoch: string;
  seq: number;
}

type CloseCode = 4401 | 4403 | 4409 | 4429;

/** How a close that no reconnect can help ends the command; the other codes are worth another try. */
const FATAL: Readonly<Record<CloseCode, { exitCode: ExitCode; code: string; message: string }>> = {
  4401: { exitCode: EXIT.notSignedIn, code: "unauthenticated", message: "The token is no longer valid." },
  4403: { exitCode: EXIT.notFound, code: "forbidden", message: "You may no longer see these logs." },
  4409: { exitCode: EXIT.conflict, code: "server_inactive", message: "The server is no longer active." },
  4429: { exitCode: EXIT.limit, code: "rate_limited", message: "All viewers of this server are taken." },
};
const isFatal = (code: number): code is CloseCode => Object.hasOwn(FATAL, code);

/** How one connection ended. */
type Ending = { kind: "done" } | { kind: "retry"; reason: string };

/**
 * Shows the console lines of a server until `signal` aborts (or, without `follow`, until the buffered ones are shown).
 * Reconnects by itself and resumes where it was; lines that are gone are told as a gap, exactly once. Throws CliError
 * when the stream is refused.
 */
export async function streamLogs(options: LogStreamOptions): Promise<void> {
  let position: Position | null = options.after ?? null;
  let delayMs: number = limits.viewer.reconnectDelayMsMin;
  let isFirst = true;
  while (!options.signal.aborted) {
    const start: Position | null = position;
    const ending = await connectOnce(options, start, isFirst, (next) => {
      position = next;
      delayMs = limits.viewer.reconnectDelayMsMin;
    });
    isFirst = false;
    if (ending.kind === "done" || options.signal.aborted) return;
    options.onTalk(`Connection lost (${ending.reason}). Reconnecting…`);
    await pause(delayMs * (0.5 + Math.random() / 2), options.signal);
    delayMs = Math.min(delayMs * 2, limits.viewer.reconnectDelayMsMax);
  }
}

async function connectOnce(
  options: LogStreamOptions,
  start: Position | null,
  isFirst: boolean,
  moved: (position: Position) => void,
): Promise<Ending> {
  const { WebSocket } = await import("ws");
  const url = `${options.api.apiUrl.replace(/^http/, "ws")}/log-stream/${encodeURIComponent(options.slug)}`;
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${options.api.token}` },
    handshakeTimeout: 10_000,
    maxPayload: 16 * 1024 * 1024,
    perMessageDeflate: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const stop = () => {
    socket.close(1000);
    resolve({ kind: "done" });
  };
  options.signal.addEventListener("abort", stop, { once: true });
  const reader = createReader({ ...options, after: isFirst ? options.after : undefined }, start, moved, {
    send: (frame) => socket.send(JSON.stringify(frame)),
    done: stop,
  });
  let lastSignMs = performance.now();
  // The server sends a heartbeat every five seconds: a silent connection is a dead one.
  const watchdog = setInterval(() => {
    if (performance.now() - lastSignMs < limits.logStream.heartbeatMs * 4) return;
    resolve({ kind: "retry", reason: "no heartbeat" });
    socket.terminate();
  }, limits.logStream.heartbeatMs);
  socket.on("message", (data) => {
    lastSignMs = performance.now();
    try {
      reader(JSON.parse(String(data)) as ServerFrame);
    } catch (error) {
      reject(error);
      socket.terminate();
    }
  });
  socket.on("unexpected-response", (_request, response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      if (body.length < limits.checks.failureBodyBytesMax) body += chunk;
    });
    response.on("end", () => {
      const error = refusedHandshake(response.statusCode ?? 0, body);
      if (isFirst || !isTemporary(response.statusCode ?? 0)) reject(error);
      else resolve({ kind: "retry", reason: `HTTP ${response.statusCode}` });
    });
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    const reason = error.code || error.message;
    if (isFirst)
      reject(
        new CliError(
          EXIT.error,
          `The log stream of ${options.api.apiUrl} cannot be reached (${reason}).`,
          "Check that MCP Stack is running there, and --api-url or MCPSTACK_API_URL.",
          { cause: error },
        ),
      );
    else resolve({ kind: "retry", reason });
  });
  socket.on("close", (code, reason) => {
    if (isFatal(code)) {
      const fatal = FATAL[code];
      reject(new CliError(fatal.exitCode, String(reason) || fatal.message, nextStepOf(fatal.code)));
    } else resolve({ kind: "retry", reason: String(reason) || `close ${code}` });
  });
  try {
    return await promise;
  } finally {
    clearInterval(watchdog);
    options.signal.removeEventListener("abort", stop);
    // Late events of a connection that is already given up decide nothing.
    socket.removeAllListeners("unexpected-response");
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else if (socket.readyState === WebSocket.OPEN) socket.close(1000);
  }
}

interface Wire {
  send(frame: Extract<ClientFrame, { type: "resume" | "filter" }>): void;
  done(): void;
}

/** Reads the frames of one connection: keeps the position, tells entries and gaps, and knows when to end. */
export function createReader(
  options: Pick<LogStreamOptions, "tail" | "follow" | "after" | "filter" | "onEntries" | "onGap" | "onTalk">,
  start: Position | null,
  moved: (position: Position) => void,
  wire: Wire,
): (frame: ServerFrame) => void {
  let end: number | null = null;
  let last = 0;
  const reached = (epoch: string, seq: number) => {
    last = Math.max(last, seq);
    moved({ epoch, seq: last });
    if (end !== null && last >= end) wire.done();
  };
  return (frame) => {
    switch (frame.type) {
      case "hello": {
        const isSame = start !== null && start.epoch === frame.epoch;
        // A stream that begins after stored lines has lost nothing by being another one than theirs.
        if (start !== null && !isSame && start !== options.after)
          options.onGap({ count: null, reason: "the log stream was restarted; what it held is gone" });
        const after = isSame ? start.seq : start !== null ? 0 : Math.max(0, frame.head - options.tail);
        // What the ring no longer holds was never promised to a viewer that begins here.
        last = start === null ? Math.max(after, Math.min(frame.tail - 1, frame.head)) : after;
        if (!options.follow) end = frame.head;
        if (options.filter) wire.send({ type: "filter", rev: 1, ...options.filter });
        wire.send({ type: "resume", epoch: frame.epoch, after: last });
        reached(frame.epoch, last);
        return;
      }
      case "logs": {
        // Live frames may overtake the replay that was asked for; what does not follow is replayed later.
        if (frame.from > last + 1) return;
        const fresh = frame.entries.filter((entry) => entry.seq > last);
        if (fresh.length > 0) options.onEntries(fresh);
        reached(frame.epoch, frame.to);
        return;
      }
      case "dropped": {
        if (frame.from > last + 1 || frame.to <= last) return;
        const reasons = {
          slow_viewer: "this connection was too slow",
          no_longer_buffered: "they are no longer buffered",
          epoch_changed: "the log stream was restarted",
        } as const;
        if (frame.count > 0)
          options.onGap({ count: frame.count, reason: reasons[frame.reason] ?? frame.reason });
        reached(frame.epoch, frame.to);
        return;
      }
      case "error":
        options.onTalk(frame.message);
        return;
      default:
        // Status and heartbeat are for screens; frames of a newer server are not for this version.
        return;
    }
  };
}

const isTemporary = (status: number): boolean => status >= 500 || status === 429 || status === 409;

function refusedHandshake(status: number, body: string): CliError {
  let problem: Partial<Problem> & { details?: { holders?: LogStreamStatus["holders"] } } = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) problem = parsed;
  } catch {
    // A proxy's page explains nothing to the user.
  }
  const code = problem.code ?? "";
  const holders = problem.details?.holders?.map(({ name }) => name).join(", ");
  return new CliError(
    code === "too_many_viewers" ? EXIT.limit : exitCodeOf(code, status),
    `${problem.detail ?? `The log stream was refused with HTTP ${status}.`}${holders ? ` Watching: ${holders}.` : ""}`,
    code === "too_many_viewers" ? "Run it again when one of them has left." : nextStepOf(code),
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
    signal.addEventListener("abort", finish, { once: true });
  });
}
