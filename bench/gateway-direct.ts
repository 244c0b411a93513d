import { type ChildProcess, fork, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase } from "#lib/db/index.ts";
import { type Address, type LoadResult, load, postRequest } from "./gateway-direct-parts/http-load.ts";

/**
 * What the direct URL costs: tools/call with one kilobyte each way, at 32 connections and at one, against the same
 * server reached directly and through nginx. Once before a plain Node server, once before a real runtime. The
 * gateway stores every call in a real database meanwhile.
 */

const ROUNDS = 3;
const SECONDS_MANY = 3;
const SECONDS_ONE = 1.5;
const NGINX = "/usr/sbin/nginx";
const BODY = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "echo", arguments: { text: "y".repeat(900) } },
});

interface Target {
  name: string;
  address: Address;
  request: Buffer;
  /** The process whose CPU time is the price; null for the direct way. */
  pid: number | null;
}
interface Measured {
  many: LoadResult;
  one: LoadResult;
  /** Microseconds of CPU time of the target's process per request, at many connections. */
  cpuMicros: number;
}

export async function bench(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const children: ChildProcess[] = [];
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  try {
    await migrateDatabase(
      postgres.url,
      path.resolve(import.meta.dirname, "../drizzle/migrations"),
      Date.now(),
      1,
    );
    const upstream = startChild(children, "upstream-process.ts");
    const upstreamPort = await portOf(upstream);
    const runDir = path.join(directory, "run");
    await mkdir(runDir);
    const gateway = startChild(children, "gateway-process.ts", {
      databaseUrl: postgres.url,
      runDir,
      cacheDir: path.join(directory, "cache"),
      upstreamUrl: `http://127.0.0.1:${upstreamPort}/mcp`,
    });
    const gatewayPort = await portOf(gateway);
    const loopback = (port: number): Address => ({ host: "127.0.0.1", port });
    // The first call starts the runtime and with it the socket.
    await load(loopback(gatewayPort), postRequest("/mcp/workerd", BODY), { connections: 1, seconds: 1 });
    const runtimeSocket = await findRuntimeSocket(runDir);
    const nginx = await startNginx(children, directory, { upstreamPort, runtimeSocket });

    for (const upstreamName of ["node", "workerd"]) {
      const targets: Target[] = [
        {
          name: "direct",
          address: upstreamName === "node" ? loopback(upstreamPort) : { path: runtimeSocket },
          request: postRequest("/mcp", BODY),
          pid: null,
        },
        ...(nginx
          ? [
              {
                name: "nginx",
                address: loopback(nginx.port),
                request: postRequest(`/${upstreamName}`, BODY),
                pid: nginx.pid,
              },
            ]
          : []),
        {
          name: "gateway",
          address: loopback(gatewayPort),
          request: postRequest(`/mcp/${upstreamName}`, BODY),
          pid: gateway.pid ?? null,
        },
      ];
      print(upstreamName, await measureAll(targets));
    }
    console.log(`\ngateway after it all: ${JSON.stringify(await statsOf(gateway))}`);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Rounds in turn, so that whatever else the machine does hits all alike; the median round counts. */
async function measureAll(targets: readonly Target[]): Promise<Map<string, Measured>> {
  const rounds = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]));
  for (const { address, request } of targets) await load(address, request, { connections: 8, seconds: 1 });
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of targets) rounds.get(target.name)?.push(await measure(target));
  }
  return new Map([...rounds].map(([name, all]) => [name, medianOf(all)]));
}

async function measure({ address, request, pid }: Target): Promise<Measured> {
  const before = cpuMicrosOf(pid);
  const many = await load(address, request, { connections: 32, seconds: SECONDS_MANY });
  const cpuMicros = (cpuMicrosOf(pid) - before) / Math.max(1, many.requests);
  const one = await load(address, request, { connections: 1, seconds: SECONDS_ONE });
  return { many, one, cpuMicros };
}

function medianOf(all: readonly Measured[]): Measured {
  const sorted = [...all].sort((left, right) => rateOf(left.many) - rateOf(right.many));
  const ones = [...all].sort((left, right) => left.one.p50 - right.one.p50);
  const middle = Math.floor(all.length / 2);
  const many = sorted[middle];
  const one = ones[middle];
  if (!many || !one) throw new Error("nothing was measured");
  return { ...many, one: one.one };
}

const rateOf = ({ requests, seconds }: LoadResult): number => requests / seconds;

function print(upstream: string, measured: Map<string, Measured>): void {
  const direct = measured.get("direct");
  const nginx = measured.get("nginx");
  if (!direct) return;
  console.log(`\ntools/call, 1 KB each way, upstream: ${upstream} (median of ${ROUNDS} rounds)\n`);
  console.log("target    req/s  ÷direct  ÷nginx   p50 ms   p99 ms  c=1 p50  added ms  CPU µs/req  failures");
  for (const [name, row] of measured) {
    const rate = rateOf(row.many);
    console.log(
      [
        name.padEnd(8),
        rate.toFixed(0).padStart(6),
        (rate / rateOf(direct.many)).toFixed(2).padStart(8),
        (nginx ? (rate / rateOf(nginx.many)).toFixed(2) : "-").padStart(7),
        row.many.p50.toFixed(2).padStart(8),
        row.many.p99.toFixed(2).padStart(8),
        row.one.p50.toFixed(3).padStart(8),
        (row.one.p50 - direct.one.p50).toFixed(3).padStart(9),
        (row.cpuMicros > 0 ? row.cpuMicros.toFixed(0) : "-").padStart(11),
        String(row.many.failures + row.one.failures).padStart(9),
      ].join(" "),
    );
  }
  const gateway = measured.get("gateway");
  if (!gateway || !nginx) return;
  const perCore = nginx.cpuMicros / gateway.cpuMicros;
  console.log(
    `\ngateway ÷ nginx: ${(rateOf(gateway.many) / rateOf(nginx.many)).toFixed(2)} by throughput, ${perCore.toFixed(2)} by CPU per request; added p50 at one connection ${(gateway.one.p50 - direct.one.p50).toFixed(3)} ms`,
  );
}

function startChild(children: ChildProcess[], file: string, options?: object): ChildProcess {
  const child = fork(
    path.join(import.meta.dirname, "gateway-direct-parts", file),
    options ? [JSON.stringify(options)] : [],
    { env: { ...process.env, NODE_ENV: "production" } },
  );
  children.push(child);
  return child;
}

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as { port: number }).port));
    child.once("exit", (code) => reject(new Error(`a process of the bench ended with ${code}`)));
  });

const statsOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once("message", resolve);
    child.send("stats");
  });

async function findRuntimeSocket(runDir: string): Promise<string> {
  const [runtime] = await readdir(path.join(runDir, "rt"));
  if (runtime === undefined) throw new Error("no runtime was started");
  return path.join(runDir, "rt", runtime, "t");
}

async function startNginx(
  children: ChildProcess[],
  directory: string,
  { upstreamPort, runtimeSocket }: { upstreamPort: number; runtimeSocket: string },
): Promise<{ port: number; pid: number } | null> {
  if (!existsSync(NGINX)) {
    console.log("nginx is not installed (apt-get install nginx): its rows are left out");
    return null;
  }
  const port = await freePort();
  const config = path.join(directory, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${directory}/nginx-${name};`)
    .join("\n  ");
  const location = (name: string): string =>
    `location /${name} { proxy_pass http://${name}/mcp; proxy_http_version 1.1; proxy_set_header Connection ""; }`;
  await writeFile(
    config,
    `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  ${temporary}
  upstream node { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 100000000; }
  upstream workerd { server unix:${runtimeSocket}; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${port}; ${location("node")} ${location("workerd")} }
}
`,
  );
  const child = spawn(NGINX, ["-c", config, "-p", directory], { stdio: "inherit" });
  children.push(child);
  await untilListening(port);
  return { port, pid: child.pid ?? 0 };
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const result = await load({ host: "127.0.0.1", port }, postRequest("/node", BODY), {
      connections: 1,
      seconds: 0.05,
    });
    if (result.requests > result.failures) return;
  }
  throw new Error("nginx does not answer");
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** CPU time of a process so far; Linux counts it in hundredths of a second. */
function cpuMicrosOf(pid: number | null): number {
  if (pid === null || !existsSync(`/proc/${pid}/stat`)) return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
