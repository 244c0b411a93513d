import { setTimeout as delay } from "node:timers/promises";
import type { LogCanary } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import { type Round, type RoundParts, runRound } from "./canary-round.ts";
import { canaryCredentials } from "./canary-server.ts";

const { everyMs, firstAfterMs, lateMs, staleMs, lostMs } = limits.canary;

export interface LogCanaryOptions extends Pick<RoundParts, "clock" | "streamUrl" | "stored"> {
  server: ServerEntry;
  driver: Pick<RuntimeDriver, "lease">;
  /** A secret of the installation. */
  secret: string;
  ids: IdSource;
  log: Log;
  /** Keeps what a round found where other processes can read it, and clears away what earlier ones wrote. */
  onFound(found: LogCanary): Promise<void>;
  everyMs?: number;
  firstAfterMs?: number;
}

export interface LogCanaryRunner {
  /** What the latest round found; null before the first. */
  latest(): LogCanary | null;
  /** The same for the status bar of a viewer: `stale` when no round ended lately. Undefined before the first. */
  forViewers():
    | { state: LogCanary["state"] | "stale"; lagMs: LogCanary["viewerLagMs"]; at: number }
    | undefined;
  close(): Promise<void>;
}

/** Runs a round soon and then every minute, until it is closed. Never throws: a failure is a finding. */
export function createLogCanary(options: LogCanaryOptions): LogCanaryRunner {
  const { clock, ids, log, driver, server } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const total = { sent: 0, missing: 0, duplicated: 0, reordered: 0 };
  let latest: LogCanary | null = null;

  const parts: RoundParts = {
    clock,
    streamUrl: options.streamUrl,
    stored: options.stored,
    credentials: canaryCredentials(options.secret),
    async write(prefix, lines) {
      const requestId = ids.uuid(clock.nowMs());
      const lease = await driver.lease(server, requestId);
      try {
        const { body } = await lease.dispatcher.request({
          origin: lease.origin,
          path: lease.path,
          method: "POST",
          headers: { "content-type": "application/json", "x-request-id": requestId },
          body: JSON.stringify({ prefix, lines }),
          headersTimeout: lostMs,
          bodyTimeout: lostMs,
        });
        await body.dump();
      } finally {
        lease.end();
      }
    },
  };

  const round = async (): Promise<void> => {
    const found = await runRound(parts, ids.secret(9), signal);
    if (signal.aborted) return;
    for (const fate of ["sent", "missing", "duplicated", "reordered"] as const) total[fate] += found[fate];
    const before = latest?.state ?? "ok";
    latest = { at: new Date(clock.nowMs()).toISOString(), state: stateOf(found), ...found, ...total };
    if (latest.state !== before) {
      if (latest.state === "ok") log.info({ canary: latest }, "the log canary is well again");
      else log.warn({ canary: latest }, "the log canary found console lines late or lost");
    }
    await options.onFound(latest).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, "what the log canary found could not be kept");
    });
  };

  const running = (async () => {
    const wait = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
    await wait(options.firstAfterMs ?? firstAfterMs);
    while (!signal.aborted) {
      await round();
      await wait(options.everyMs ?? everyMs);
    }
  })();

  return {
    latest: () => latest,
    forViewers() {
      if (latest === null) return undefined;
      const at = Date.parse(latest.at);
      const isStale = clock.nowMs() - at > staleMs;
      return { state: isStale ? "stale" : latest.state, lagMs: latest.viewerLagMs, at };
    },
    async close() {
      stopping.abort();
      await running;
    },
  };
}

function stateOf({ missing, storeLagMs, viewerLagMs, problem }: Round): LogCanary["state"] {
  if (missing > 0 || storeLagMs === null || viewerLagMs === null || problem !== null) return "lost";
  return Math.max(storeLagMs, viewerLagMs) > lateMs ? "late" : "ok";
}
