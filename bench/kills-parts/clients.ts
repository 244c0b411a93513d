import { setTimeout as delay } from "node:timers/promises";
import { connectMcp, type McpClient } from "../../e2e/support/mcp-clients.ts";

/** Between two calls of one client. */
const PAUSE_MS = 20;
const AFTER_ERROR_MS = 50;
const ERROR_CHARACTERS_MAX = 90;

/** One try of a client. */
export interface Attempt {
  /** Milliseconds on the clock of `performance.now()` when it was over. */
  atMs: number;
  /** Null when it succeeded. */
  error: string | null;
  /** `req_…` of an answered call. */
  requestId: string | null;
}

/** A client that calls without end, and connects anew after an error as a host does. */
export interface RunningClient {
  readonly group: string;
  readonly attempts: readonly Attempt[];
  stop(): Promise<void>;
}

function run(group: string, attempt: () => Promise<string | null>): RunningClient {
  const attempts: Attempt[] = [];
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      const outcome = await attempt().then(
        (requestId) => ({ error: null, requestId }),
        (error: unknown) => ({ error: kindOf(error), requestId: null }),
      );
      attempts.push({ atMs: performance.now(), ...outcome });
      await delay(outcome.error === null ? PAUSE_MS : AFTER_ERROR_MS);
    }
  })();
  return {
    group,
    attempts,
    async stop() {
      isOver = true;
      await running;
    },
  };
}

/** Calls a tool over and over with a real MCP client. */
export function runMcpClient(
  group: string,
  url: string,
  tool: string,
  generation: "modern" | "first",
): RunningClient {
  let client: McpClient | null = null;
  return run(group, async () => {
    const used = client ?? (await connectMcp(url, generation));
    client = used;
    try {
      const { requestId, isError, text } = await used.callTool(tool);
      if (isError) throw new Error(text);
      return requestId === "" ? null : requestId;
    } catch (error) {
      client = null;
      // What can be wrong with a connection that failed already is of no interest.
      void used.close().catch(() => undefined);
      throw error;
    }
  });
}

/** Opens a page over and over. */
export function runPageClient(group: string, url: string): RunningClient {
  return run(group, async () => {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
    await response.text();
    if (response.status >= 400) throw new Error(`HTTP ${response.status}`);
    return null;
  });
}

/** An error without what differs from call to call. */
function kindOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const text = error instanceof Error ? error.message + cause : String(error);
  return text
    .replaceAll(/req_[0-9a-z]+/g, "req_…")
    .replaceAll(/\d+\.\d+\.\d+\.\d+:\d+/g, "…")
    .slice(0, ERROR_CHARACTERS_MAX);
}
