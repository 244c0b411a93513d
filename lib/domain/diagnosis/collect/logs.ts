import type { Evidence } from "#lib/contract/index.ts";
import { LogCanary } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { countsOf } from "./call-counts.ts";
import { consoleOf } from "./console.ts";
import { errorGroupsOf } from "./error-groups.ts";
import { failingCallsOf } from "./failing-calls.ts";
import { hopsOf } from "./hops.ts";
import type { Collection } from "./section.ts";
import { unlistedToolsOf } from "./unlisted-tools.ts";
import { upstreamOf } from "./upstream.ts";

type Pipeline = Extract<Evidence["logs"]["pipeline"], { status: "collected" }>["value"];

/** What callers met: in numbers, in words, by hop; and whether log lines arrive at all. */
export async function collectLogs(collection: Collection): Promise<Evidence["logs"]> {
  const { section } = collection;
  const [counts, errors, failing, unlistedTools, console, pipeline, upstream, hops] = await Promise.all([
    section("logs.counts", () => countsOf(collection)),
    section("logs.errors", () => errorGroupsOf(collection)),
    section("logs.failing", () => failingCallsOf(collection)),
    section("logs.unlistedTools", () => unlistedToolsOf(collection)),
    section("logs.console", () => consoleOf(collection)),
    section("logs.pipeline", () => pipelineOf(collection)),
    section("logs.upstream", () => upstreamOf(collection)),
    section("logs.hops", () => hopsOf(collection)),
  ]);
  return { counts, errors, failing, unlistedTools, console, pipeline, upstream, hops };
}

/** What the log canaries of the edges that live found last. */
async function pipelineOf({ read, nowMs }: Collection): Promise<Pipeline> {
  const rows = await read(
    (sql) => sql<{ node: string; canary: unknown }[]>`
      select node, canary from edge_nodes
      where stopped_at is null and heartbeat_at > ${new Date(nowMs - limits.nodes.expectedMs).toISOString()}::timestamptz
      order by node limit ${limits.nodes.max}`,
  );
  return rows.map(({ node, canary: stored }) => {
    const canary = LogCanary.nullable().catch(null).parse(stored);
    if (canary === null) return { node, state: "unknown", checkedAt: null, lagMs: null, storeLagMs: null };
    const isStale = nowMs - Date.parse(canary.at) > limits.canary.staleMs;
    return {
      node,
      state: isStale ? "stale" : canary.state === "ok" ? "fresh" : canary.state,
      checkedAt: canary.at,
      lagMs: canary.viewerLagMs,
      storeLagMs: canary.storeLagMs,
    };
  });
}
