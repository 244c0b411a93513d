import type { ConsoleContext, ConsoleLogPage, LogStreamStatus } from "#lib/contract/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { api, apiPath } from "../api.ts";
import { ApiError } from "../api-error.ts";
import type { StatusAnswer } from "./connection.ts";
import type { Cancel, LogStreamEnvironment, SocketLike } from "./environment.ts";
import type { WorkerLike } from "./regex-searcher.ts";

/** A hidden page is not painted; lines are still taken over this often. */
const HIDDEN_PAINT_MS = 250;

export interface LogStreamAddress {
  readonly organization: string;
  readonly server: string;
}

/** What a log viewer needs, from the browser it runs in. */
export function browserEnvironment({ organization, server }: LogStreamAddress): LogStreamEnvironment {
  const linesPath = apiPath("organizations", organization, "mcp-servers", server, "logs", "console");
  const statusPath = apiPath("organizations", organization, "mcp-servers", server, "log-stream", "status");
  return {
    openSocket: () => new WebSocket(socketUrl(server)) as SocketLike,
    checkStatus: (signal) => askStatus(statusPath, signal),
    startRegexWorker: () =>
      new Worker(new URL("./regex-worker.ts", import.meta.url), { type: "module" }) as WorkerLike,
    history: {
      lines: (query, signal) => api.get<ConsoleLogPage>(linesPath, { search: { ...query }, signal }),
      context: (query, signal) =>
        api.get<ConsoleContext>(`${linesPath}/context`, { search: { ...query }, signal }),
    },
    clock: systemClock,
    random: Math.random,
    beforePaint,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

function socketUrl(server: string): string {
  const url = new URL(`/log-stream/${encodeURIComponent(server)}`, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function beforePaint(callback: () => void): Cancel {
  let isDone = false;
  const run = (): void => {
    if (isDone) return;
    cancel();
    callback();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, HIDDEN_PAINT_MS);
  const cancel = (): void => {
    isDone = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return cancel;
}

async function askStatus(path: string, signal: AbortSignal): Promise<StatusAnswer> {
  try {
    return answerOf(await api.get<LogStreamStatus>(path, { signal, timeoutMs: 10_000 }));
  } catch (error) {
    return refusalOf(error);
  }
}

/** What the status means for the viewer. */
export function answerOf(status: LogStreamStatus): StatusAnswer {
  if (status.mayConnect) return { kind: "may_connect" };
  const { code, message, holders } = status;
  if (code === "server_inactive") return { kind: "refused", reason: "inactive", message, holders };
  if (code === "too_many_viewers") return { kind: "refused", reason: "full", message, holders };
  return { kind: "unavailable", message };
}

/** What a failed question means for the viewer. */
export function refusalOf(error: unknown): StatusAnswer {
  if (error instanceof ApiError) {
    if (error.status === 401) {
      return { kind: "refused", reason: "unauthenticated", message: "Your session has ended.", holders: [] };
    }
    if (error.status === 403 || error.status === 404) {
      return {
        kind: "refused",
        reason: "forbidden",
        message: "You may not see the logs of this server, or it no longer exists.",
        holders: [],
      };
    }
    return { kind: "unavailable", message: error.message };
  }
  return { kind: "unavailable", message: "The log stream cannot be reached." };
}
