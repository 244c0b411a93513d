import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Era, SmokeResult } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { isDeeperThan } from "#lib/kernel/json-depth.ts";
import { limits } from "#lib/kernel/limits.ts";
import { explainFailure } from "./explain-failure.ts";
import { type FetchLike, type Observation, observedFetch } from "./observed-fetch.ts";

const MODERN_VERSION = "2026-07-28";

/** How to reach an MCP server and how long to wait for it. */
export interface SmokeTarget {
  /** How the result names the server. */
  serverSlug: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Defaults to the global `fetch`. */
  fetch?: FetchLike;
  /** Which protocol era to speak; `auto` (the default) asks the server. */
  era?: "auto" | Era;
  /** For the whole session. */
  timeoutMs: number;
  clock: Clock;
  ids: IdSource;
}

export type SmokeFailure = NonNullable<SmokeResult["failure"]>;
export type SmokeStep = SmokeFailure["step"];

/** What a session left behind, whether it worked or not. */
export interface SessionOutcome<Value> {
  value: Value | null;
  failure: SmokeFailure | null;
  protocolVersion: string | null;
  era: Era | null;
  durationMs: number;
  requestId: string | null;
}

const NEGOTIATION = {
  auto: { mode: "auto" },
  modern: { mode: { pin: MODERN_VERSION } },
  legacy: { mode: "legacy" },
} as const;

/**
 * Opens a real MCP session, runs `work` in it and always closes it. Never throws for what the server does: any
 * failure, including one thrown by `work`, is explained in the outcome with the step it happened in.
 */
export async function inSmokeSession<Value>(
  target: SmokeTarget,
  step: SmokeStep,
  work: (client: Client, request: { signal: AbortSignal; timeout: number }) => Promise<Value>,
): Promise<SessionOutcome<Value>> {
  const startedMs = target.clock.monotonicMs();
  const observation: Observation = {
    responses: 0,
    status: null,
    contentType: null,
    requestId: null,
    bodyExcerpt: "",
    networkError: undefined,
    tooLarge: false,
  };
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new Error(`no answer within ${target.timeoutMs} ms`)),
    target.timeoutMs,
  );
  const request = { signal: deadline.signal, timeout: target.timeoutMs };
  const client = new Client(
    { name: "mcpstack-smoke", version: "1" },
    {
      versionNegotiation: NEGOTIATION[target.era ?? "auto"],
      listMaxPages: limits.checks.toolPagesMax,
    },
  );
  // Stray transport errors (a refused event stream, a late abort) belong to no request and decide nothing.
  client.onerror = () => undefined;
  let reached: SmokeStep = "negotiate";
  let value: Value | null = null;
  let failure: SmokeFailure | null = null;
  let transport: StreamableHTTPClientTransport | null = null;
  try {
    transport = new StreamableHTTPClientTransport(new URL(target.url), {
      fetch: observedFetch(target.fetch ?? fetch, observation),
      requestInit: { headers: { ...target.headers } },
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 100,
        maxReconnectionDelay: 100,
        reconnectionDelayGrowFactor: 1,
      },
    });
    await client.connect(transport, request);
    reached = step;
    value = requireShallow(await work(client, request));
  } catch (error) {
    failure = explainFailure({
      error,
      step: observation.responses === 0 && reached === "negotiate" ? "connect" : reached,
      observation,
      timedOut: deadline.signal.aborted,
      timeoutMs: target.timeoutMs,
    });
  }
  const durationMs = Math.round((target.clock.monotonicMs() - startedMs) * 10) / 10;
  const outcome: SessionOutcome<Value> = {
    value,
    failure,
    protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
    era: client.getProtocolEra() ?? null,
    durationMs,
    requestId: observation.requestId,
  };
  clearTimeout(timer);
  await closeSession(client, transport);
  return outcome;
}

/** Deeper data exhausts the call stack of every process that it is passed on to. */
function requireShallow<Value>(value: Value): Value {
  if (isDeeperThan(value, limits.checks.answerDepthMax))
    throw new Error(
      `The server's answer is nested deeper than ${limits.checks.answerDepthMax} levels, more than is looked at.`,
    );
  return value;
}

/** Ends the session on the server, within `limits.checks.closeTimeoutMs`, then the connection. */
async function closeSession(client: Client, transport: StreamableHTTPClientTransport | null): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limits.checks.closeTimeoutMs);
  });
  try {
    if (transport?.sessionId) await Promise.race([transport.terminateSession().catch(ignored), giveUp]);
    await Promise.race([client.close().catch(ignored), giveUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** A server that refuses to end a session has already given its result. */
const ignored = (): void => undefined;
