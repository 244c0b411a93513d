import { setTimeout as delay } from "node:timers/promises";
import { Client, ProtocolError, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";

const bounds = limits.sample;
/** Both ways of speaking MCP, in turn. */
const ERAS = ["auto", "legacy"] as const;
type EraMode = (typeof ERAS)[number];

/** One call that a user of the server could make. */
export interface Scenario {
  tool: string;
  arguments: Record<string, unknown>;
  /** The caller may not call it, and asks all the same: the refusal is the answer. */
  isDenied?: boolean;
  /** For whom an agent makes it, and in which conversation. */
  endUser?: string;
  session?: string;
}

export interface TrafficOptions {
  /** The public MCP URL, on this machine. */
  url: string;
  /** What the caller presents. */
  headers?: Readonly<Record<string, string>>;
  /** How the caller calls itself. */
  clientName?: string;
  /** Pauses between calls. */
  everyMs?: { min: number; max: number };
  /** The next call. */
  next(): Scenario;
  log: Log;
  signal: AbortSignal;
  /** From 0 up to 1; makes the pauses irregular. */
  random?: () => number;
  /** Waits `ms`; ends early with the signal. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Calls tools like a small number of users would, with the real MCP client, until `signal` is aborted. A tool that
 * reports an error is part of the picture; a server that cannot be reached is tried again ever more rarely, and said
 * once until it answers again.
 */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const { url, next, log, signal, random = Math.random, pause = pauseFor } = options;
  const everyMs = options.everyMs ?? { min: bounds.callEveryMsMin, max: bounds.callEveryMsMax };
  const clients = new Map<EraMode, Client>();
  let turn = 0;
  let failures = 0;
  while (!signal.aborted) {
    const era = ERAS[turn++ % ERAS.length] ?? "auto";
    try {
      const client = clients.get(era) ?? (await connect(options, era));
      clients.set(era, client);
      await call(client, next(), signal);
      if (failures > 0) log.info({ url }, "the sample server answers again");
      failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      if (failures === 0) log.warn({ url, err: error }, "the sample's calls fail; trying again quietly");
      failures += 1;
      await close(clients.get(era));
      clients.delete(era);
    }
    await pause(pauseMs(failures, random(), everyMs), signal);
  }
  await Promise.all([...clients.values()].map(close));
}

async function call(client: Client, scenario: Scenario, signal: AbortSignal): Promise<void> {
  const { tool, arguments: args, isDenied = false, endUser, session } = scenario;
  const meta = {
    ...(endUser === undefined ? {} : { "mcpstack/endUser": endUser }),
    ...(session === undefined ? {} : { "mcpstack/session": session }),
  };
  const call = {
    name: tool,
    arguments: args,
    ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
  };
  try {
    await client.callTool(call, { signal, timeout: bounds.callTimeoutMs });
  } catch (error) {
    if (!isDenied || !(error instanceof ProtocolError)) throw error;
  }
}

const pauseMs = (failures: number, random: number, everyMs: { min: number; max: number }): number =>
  failures === 0
    ? everyMs.min + random * (everyMs.max - everyMs.min)
    : Math.min(bounds.retryDelayMsMin * 2 ** (failures - 1), bounds.retryDelayMsMax);

async function connect(
  { url, headers, clientName = "sample-client", signal }: TrafficOptions,
  era: EraMode,
): Promise<Client> {
  const client = new Client({ name: clientName, version: "1.0.0" }, { versionNegotiation: { mode: era } });
  // Stray transport errors belong to no call; calls report their own.
  client.onerror = () => undefined;
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
  });
  try {
    await client.connect(transport, { signal, timeout: bounds.callTimeoutMs });
    return client;
  } catch (error) {
    await close(client);
    throw error;
  }
}

/** A connection that does not even close in order is gone as well. */
const close = async (client: Client | undefined): Promise<void> => client?.close().catch(() => undefined);

const pauseFor = (ms: number, signal: AbortSignal): Promise<boolean> =>
  delay(ms, true, { signal }).catch(() => false);
