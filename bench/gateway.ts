import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type EdgeSite, type FrontedServer, openEdgeSite, type TestEdge } from "#lib/testing/edge-site.ts";
import { startPeers } from "./gateway-parts/peers.ts";
import { CONNECTIONS, compare, type Measured, printComparison, type Target } from "./http-parts/compare.ts";
import { type Address, load, postRequest, rateOf, toolCallBody } from "./http-parts/http-load.ts";
import { startNginx } from "./http-parts/nginx.ts";
import { BenchProcesses, residentMiBOf } from "./http-parts/processes.ts";

/**
 * What a gateway costs: tools/call with one kilobyte each way, at 32 connections and at one, before the same server
 * directly, through nginx, through ours and through gateways from npm. Ours is the real edge in a process of its own
 * with everything on: key, grants, a fact per call in a real database. Then 200,000 calls more: memory, and whether
 * every call was stored.
 *
 * Options: `--no-peers`, `--no-runtime` (a hosted server in a real runtime as upstream), `--no-soak`, and
 * `--node=<option>` for the Node of the edge, e.g. `--node=--cpu-prof`.
 */

const SOAK_CALLS = 200_000;
const SOAK_PARTS = 4;
const STORED_MS_MAX = 60_000;
const STORED_POLL_MS = 1_000;
const OURS = "ours (key, grants, facts)";

const HOSTED = `
const text = "x".repeat(900);
export default {
  async fetch(request) {
    const { id } = await request.json();
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers: { "content-type": "application/json" } });
  },
};`;

export async function bench(options: readonly string[] = []): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-bench-"));
  const processes = new BenchProcesses();
  const site = await openEdgeSite();
  try {
    const upstream = await processes.startListening(
      path.join(import.meta.dirname, "http-parts/upstream-process.ts"),
    );
    const connected = await site.front("connected", `http://127.0.0.1:${upstream.port}/mcp`);
    const hosted = await site.frontHosted("hosted", HOSTED);
    const edge = await site.startEdge({ nodeOptions: nodeOptionsOf(options) });
    const direct = loopback(upstream.port);
    const peers = options.includes("--no-peers")
      ? []
      : await startPeers(processes, `http://127.0.0.1:${upstream.port}/mcp`);
    const nginx = await nginxTarget(processes, directory, "connected", direct);
    const measured = await compare([directTarget(direct), ...nginx, ours(edge, connected), ...peers]);
    printComparison("tools/call, 1 KB each way, before a plain Node server", measured);
    judge(measured, peers);
    if (!options.includes("--no-runtime")) await compareHosted({ processes, directory, edge, hosted });
    if (!options.includes("--no-soak")) await soak(site, edge, connected);
  } finally {
    processes.end();
    await site.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const NODE = "--node=";

const nodeOptionsOf = (options: readonly string[]): string[] =>
  options.flatMap((option) => (option.startsWith(NODE) ? [option.slice(NODE.length)] : []));

const loopback = (port: number): Address => ({ host: "127.0.0.1", port });

const directTarget = (address: Address): Target => ({
  name: "direct",
  address,
  requestOf: (connection) => postRequest("/mcp", toolCallBody(connection + 1)),
  pids: [],
});

const ours = (edge: TestEdge, server: FrontedServer): Target => ({
  name: OURS,
  address: loopback(Number(new URL(edge.url).port)),
  requestOf: (connection) =>
    postRequest(server.path, toolCallBody(connection + 1), { authorization: `Bearer ${server.secret}` }),
  pids: [edge.pid],
});

async function nginxTarget(
  processes: BenchProcesses,
  directory: string,
  name: string,
  upstream: Address,
): Promise<Target[]> {
  const nginx = await startNginx(processes, directory, { [name]: upstream });
  if (!nginx) return [];
  return [
    {
      name: "nginx",
      address: loopback(nginx.port),
      requestOf: (connection) => postRequest(`/${name}`, toolCallBody(connection + 1)),
      pids: [nginx.pid],
    },
  ];
}

/** The goals of the data plane, and whether this run met them. */
function judge(measured: ReadonlyMap<string, Measured>, peers: readonly Target[]): void {
  const of = (name: string) => measured.get(name);
  const [mine, direct, nginx] = [of(OURS), of("direct"), of("nginx")];
  if (!mine || !direct) return;
  const goal = (isMet: boolean, text: string) => console.log(`${isMet ? "met    " : "NOT met"}  ${text}`);
  console.log();
  if (nginx) {
    const perCore = nginx.cpuMicros / mine.cpuMicros;
    console.log(`ours ÷ nginx by throughput: ${(rateOf(mine.many) / rateOf(nginx.many)).toFixed(2)}`);
    goal(perCore >= 0.4, `ours ÷ nginx per core (CPU per request): ${perCore.toFixed(2)}, goal ≥ 0.4`);
  }
  const added = mine.one.p50 - direct.one.p50;
  goal(added <= 0.25, `added p50 at one connection: ${added.toFixed(3)} ms, goal ≤ 0.25 ms`);
  const best = peers
    .flatMap(({ name }) => {
      const peer = of(name);
      return peer ? [{ name, rate: rateOf(peer.many) }] : [];
    })
    .sort((left, right) => right.rate - left.rate)[0];
  if (best) {
    const times = rateOf(mine.many) / best.rate;
    goal(times > 4, `ours ÷ the best peer (${best.name}): ${times.toFixed(1)}, goal > 4`);
  }
}

interface HostedOptions {
  processes: BenchProcesses;
  directory: string;
  edge: TestEdge;
  hosted: FrontedServer;
}

async function compareHosted({ processes, directory, edge, hosted }: HostedOptions): Promise<void> {
  const mine = ours(edge, hosted);
  // The first call starts the runtime and with it the socket.
  await load(mine.address, mine.requestOf, { connections: 1, until: { requests: 1 } });
  const socket = { path: await runtimeSocketOf(edge) };
  const nginx = await nginxTarget(processes, directory, "hosted", socket);
  const measured = await compare([directTarget(socket), ...nginx, mine]);
  printComparison("tools/call, 1 KB each way, before a hosted server in its runtime", measured);
}

async function runtimeSocketOf(edge: TestEdge): Promise<string> {
  const runtimes = path.join(edge.runDir, "rt");
  const [runtime] = existsSync(runtimes) ? await readdir(runtimes) : [];
  if (runtime === undefined) throw new Error(`no runtime was started:\n${edge.output()}`);
  return path.join(runtimes, runtime, "t");
}

/** Many calls at full speed: memory must not grow with them, and each must be in the request log. */
async function soak(site: EdgeSite, edge: TestEdge, server: FrontedServer): Promise<void> {
  const target = ours(edge, server);
  const storedBefore = await untilStored(site, server.slug, Number.POSITIVE_INFINITY);
  const memory = [residentMiBOf(target.pids)];
  let failures = 0;
  let requests = 0;
  for (let part = 0; part < SOAK_PARTS; part++) {
    const result = await load(target.address, target.requestOf, {
      connections: CONNECTIONS,
      until: { requests: SOAK_CALLS / SOAK_PARTS },
    });
    requests += result.requests;
    failures += result.failures;
    memory.push(residentMiBOf(target.pids));
  }
  const stored = (await untilStored(site, server.slug, storedBefore + requests)) - storedBefore;
  console.log(
    `\n${requests.toLocaleString("en")} calls more, ${failures} failed. Memory of the edge every ${(SOAK_CALLS / SOAK_PARTS).toLocaleString("en")} calls: ${memory.map((mib) => mib.toFixed(0)).join(" → ")} MiB`,
  );
  console.log(
    `${stored === requests ? "met    " : "NOT met"}  rows in the request log: ${stored.toLocaleString("en")}`,
  );
}

/** Rows of a server once there are `enough`, or once they grow no more. */
async function untilStored({ database }: EdgeSite, slug: string, enough: number): Promise<number> {
  const count = async (): Promise<number> => {
    const [row] = await database.sql<{ total: string }[]>`
      select count(*) as total from request_log
      where server_id = (select id from servers where slug = ${slug})`;
    return Number(row?.total ?? 0);
  };
  const deadlineMs = performance.now() + STORED_MS_MAX;
  let last = -1;
  let now = await count();
  while (now < enough && now !== last && performance.now() < deadlineMs) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, STORED_POLL_MS));
    now = await count();
  }
  return now;
}
