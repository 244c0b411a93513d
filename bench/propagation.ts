import { CHANNELS, type Database, listen } from "#lib/db/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import {
  attachAgentServer,
  createAgent,
  createAgentKey,
  pauseAgent,
  resumeAgent,
  revokeAgentKey,
} from "#lib/domain/agents/index.ts";
import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { type EdgeSite, type FrontedServer, openEdgeSite, type TestEdge } from "#lib/testing/edge-site.ts";
import { rawRequest, startAnsweringUpstream, toolCall } from "#lib/testing/mcp/index.ts";
import { testCtx, testSystem } from "#lib/testing/test-context.ts";

/**
 * How long a caller who was shut out can still call: from the moment in which an agent is paused, its budget is lowered or
 * its key is revoked until the last of several edges refuses it. Told to the edges by the database alone; idle and while
 * each of them serves others. Beside it, from the same run, what one bare notification takes through this database.
 *
 * Options: `--edges=3`, `--changes=210`.
 */

const LOAD_CLIENTS_PER_EDGE = 8;
/** What an owner who closes a door is promised. */
const EFFECTIVE_MS_MAX = 2_000;

export async function bench(options: readonly string[] = []): Promise<void> {
  const number = (name: string, fallback: number): number =>
    Number(options.find((option) => option.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
  const changes = number("changes", 210);
  const upstream = await startAnsweringUpstream();
  const site = await openEdgeSite();
  try {
    const server = await site.front("orders", upstream.url);
    const names = Array.from({ length: number("edges", 3) }, (_, index) => `edge-${index + 1}`);
    const edges = await Promise.all(names.map((node) => site.startEdge({ node, region: node })));
    const world = await openWorld(site, server, edges);
    console.log(`\n${edges.length} edges, ${changes} changes each\n`);
    console.log("                              p50 ms   p99 ms   most ms");
    print("a bare notification, idle", await notifications(site.database, changes));
    const idle = await shutOut(world, changes);
    for (const [name, times] of Object.entries(idle)) print(`${name}, idle`, times);
    const load = startLoad(server, edges);
    print("a bare notification, loaded", await notifications(site.database, changes));
    const loaded = await shutOut(world, changes);
    for (const [name, times] of Object.entries(loaded)) print(`${name}, loaded`, times);
    console.log(`\n${Math.round(await load.stop())} other calls a second meanwhile`);
    const most = Math.max(...[idle, loaded].flatMap((run) => Object.values(run).flat()));
    const verdict = most <= EFFECTIVE_MS_MAX ? "ok  " : "MISS";
    console.log(`${verdict} every change is in force within ${EFFECTIVE_MS_MAX} ms: ${most.toFixed(0)} ms`);
  } finally {
    await site.close();
    await upstream.close();
  }
}

interface World {
  ctx: Ctx;
  agent: string;
  /** Of the agent, for changes that leave its keys alone. */
  secret: string;
  /** What an edge answers a call of the agent, in short. */
  answersOf(secret: string): Promise<Verdict>[];
}
type Verdict = "allowed" | "agent_paused" | "budget_exceeded" | "unauthenticated";

async function openWorld(
  site: EdgeSite,
  { slug, path }: FrontedServer,
  edges: readonly TestEdge[],
): Promise<World> {
  const system = testSystem({
    database: site.database,
    clock: systemClock,
    // Whoever changes something tells the edges directly; here all must hear of it from the database.
    doors: { runtime: { refresh: async () => undefined } },
  });
  const ctx = testCtx(system, site.organization, "owner");
  const { id: agent } = await createAgent(ctx, { name: "Bench" });
  await attachAgentServer(ctx, { agent, server: slug });
  const { secret } = await createAgentKey(ctx, { agent, name: "lasting" });
  const ask = async ({ url }: TestEdge, by: string): Promise<Verdict> => {
    const headers = { authorization: `Bearer ${by}` };
    const answer = await rawRequest(url + path, { headers, body: toolCall(1) });
    if (answer.status === 401) return "unauthenticated";
    const { result } = answer.json<{ result?: { structuredContent?: { code?: Verdict } } }>();
    if (!result) throw new Error(`an edge answers ${answer.status}: ${answer.text}`);
    return result.structuredContent?.code ?? "allowed";
  };
  return { ctx, agent, secret, answersOf: (by) => edges.map((edge) => ask(edge, by)) };
}

interface Change {
  /** Lets the agent in, and answers the secret it comes with. */
  open(world: World): Promise<{ secret: string; close(): Promise<unknown> }>;
  refusal: Verdict;
}

const CHANGES: Readonly<Record<string, Change>> = {
  "an agent is paused": {
    refusal: "agent_paused",
    open: async ({ ctx, agent, secret }) => {
      await resumeAgent(ctx, { agent });
      return { secret, close: () => pauseAgent(ctx, { agent }) };
    },
  },
  "its budget is lowered": {
    refusal: "budget_exceeded",
    open: async ({ ctx, agent, secret }) => {
      await updateAgentBudget(ctx, { agent, monthlyCapMicros: "1000000" });
      return { secret, close: () => updateAgentBudget(ctx, { agent, monthlyCapMicros: "0" }) };
    },
  },
  "its key is revoked": {
    refusal: "unauthenticated",
    open: async ({ ctx, agent }) => {
      const { id: key, secret } = await createAgentKey(ctx, { agent, name: `key ${performance.now()}` });
      return { secret, close: () => revokeAgentKey(ctx, { agent, key }) };
    },
  },
};

/** The milliseconds from each change, whose commit is part of them, to the last edge that acts on it. */
async function shutOut(world: World, count: number): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (const [name, { open, refusal }] of Object.entries(CHANGES)) {
    const taken: number[] = [];
    for (let run = 0; run < count; run++) {
      const { secret, close } = await open(world);
      await untilAll(world, secret, "allowed");
      const startedMs = performance.now();
      await close();
      await untilAll(world, secret, refusal);
      taken.push(performance.now() - startedMs);
    }
    times[name] = taken;
    await resumeAgent(world.ctx, { agent: world.agent });
    await updateAgentBudget(world.ctx, { agent: world.agent, monthlyCapMicros: null });
  }
  return times;
}

/** Asks all edges again and again. Throws with what they say when they do not come to `expected`. */
async function untilAll({ answersOf }: World, secret: string, expected: Verdict): Promise<void> {
  const deadlineMs = performance.now() + EFFECTIVE_MS_MAX * 10;
  for (;;) {
    const verdicts = await Promise.all(answersOf(secret));
    if (verdicts.every((verdict) => verdict === expected)) return;
    if (performance.now() > deadlineMs)
      throw new Error(`${expected} is expected, not ${verdicts.join(", ")}`);
  }
}

/** The milliseconds of one notification each, from its sender to a listener on another connection. */
async function notifications({ sql }: Database, count: number): Promise<number[]> {
  let heard = Promise.withResolvers<void>();
  const listening = Promise.withResolvers<void>();
  const stop = await listen(sql, CHANNELS.configuration, () => heard.resolve(), listening.resolve);
  await listening.promise;
  const times: number[] = [];
  for (let run = 0; run < count; run++) {
    heard = Promise.withResolvers<void>();
    const startedMs = performance.now();
    await sql`select pg_notify(${CHANNELS.configuration}, 'nobody')`;
    await heard.promise;
    times.push(performance.now() - startedMs);
  }
  await stop();
  return times;
}

/** Others who call all the while. `stop` answers how many calls a second they made. */
function startLoad({ path, secret }: FrontedServer, edges: readonly TestEdge[]) {
  const startedMs = performance.now();
  let calls = 0;
  let isOver = false;
  const client = async ({ url }: TestEdge): Promise<void> => {
    while (!isOver) {
      const headers = { authorization: `Bearer ${secret}` };
      const { status } = await rawRequest(url + path, { headers, body: toolCall(1) });
      if (status !== 200) throw new Error(`a call of the load is answered ${status}`);
      calls += 1;
    }
  };
  const clients = edges.flatMap((edge) => Array.from({ length: LOAD_CLIENTS_PER_EDGE }, () => client(edge)));
  const ended = Promise.all(clients);
  ended.catch(() => undefined);
  return {
    async stop(): Promise<number> {
      isOver = true;
      await ended;
      return (calls / (performance.now() - startedMs)) * 1_000;
    },
  };
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1).padStart(9);
  console.log(`${name.padEnd(27)} ${at(0.5)} ${at(0.99)} ${at(1)}`);
}
