import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { DATABASE_NAME } from "#lib/db/embedded/cluster.ts";
import { urlOf } from "#lib/db/embedded/product-database.ts";
import { decodeId } from "#lib/kernel/ids.ts";
import { removeInstallation, type TestInstallation } from "#lib/testing/installation.ts";
import { pidOfRole } from "../e2e/support/processes.ts";
import { commandOf, treeOf } from "./http-parts/processes.ts";
import { type Attempt, type RunningClient, runMcpClient, runPageClient } from "./kills-parts/clients.ts";
import { startBuiltProduct } from "./product-parts/built-product.ts";

/**
 * What clients see when a process of the running product is killed with kill -9 under load, one after the other: the
 * runtime of the server they call, the edge, the pages' process, the database. And afterwards, whether every call that
 * was answered is in the request log.
 */

const SLUG = "support-api";
const TOOL = "ticket_stats";
const CLIENTS_PER_GROUP = 4;
const CALM_MS = 3_000;
/** Everything counts as recovered when all clients succeeded for so long. */
const STEADY_MS = 3_000;
/** Longer than a client waits for the answer to a call that died with the edge: 60 s by default. */
const RECOVERY_MS_MAX = 90_000;
const POLL_MS = 100;
const SAMPLE_MS_MAX = 120_000;

interface Victim {
  name: string;
  pid(installation: TestInstallation): number;
}

const VICTIMS: readonly Victim[] = [
  { name: "workerd (the runtime of the server that is called)", pid: runtimePid },
  { name: "edge", pid: ({ dataDir }) => pidOfRole(dataDir, "edge") },
  { name: "web", pid: ({ dataDir }) => pidOfRole(dataDir, "web") },
  { name: "PostgreSQL", pid: databasePid },
];

export async function bench(options: readonly string[] = []): Promise<void> {
  const installation = await startBuiltProduct(options, { env: { MCPSTACK_SAMPLE_TRAFFIC: "off" } });
  const clients: RunningClient[] = [];
  try {
    const url = `${installation.url}/mcp/${SLUG}`;
    await untilSampleAnswers(url);
    for (let index = 0; index < CLIENTS_PER_GROUP; index++) {
      clients.push(runMcpClient("MCP clients, modern SDK", url, TOOL, "modern"));
      clients.push(runMcpClient("MCP clients, first SDK", url, TOOL, "first"));
    }
    clients.push(runPageClient("pages", `${installation.url}/login`));
    clients.push(runPageClient("pages", `${installation.url}/login`));
    const lasting: string[] = [];
    for (const victim of VICTIMS) {
      if (!(await killOne(installation, clients, victim))) lasting.push(victim.name);
    }
    await delay(CALM_MS);
    await Promise.all(clients.map((client) => client.stop()));
    await reportLog(installation, clients);
    if (lasting.length > 0)
      throw new Error(`It did not recover by itself from the death of: ${lasting.join(", ")}`);
  } catch (error) {
    console.error(installation.output().slice(-4_000));
    throw error;
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    await installation.stop();
    removeInstallation(installation);
  }
}

async function untilSampleAnswers(url: string): Promise<void> {
  const probe = runMcpClient("probe", url, TOOL, "modern");
  const deadlineMs = performance.now() + SAMPLE_MS_MAX;
  while (!probe.attempts.some(({ error }) => error === null)) {
    if (performance.now() > deadlineMs) throw new Error("The sample server does not answer.");
    await delay(POLL_MS);
  }
  await probe.stop();
}

/** Kills one process under load and prints what came of it. False when not all clients were well again in time. */
async function killOne(
  installation: TestInstallation,
  clients: readonly RunningClient[],
  victim: Victim,
): Promise<boolean> {
  await delay(CALM_MS);
  const before = victim.pid(installation);
  const killedMs = performance.now();
  process.kill(before, "SIGKILL");
  const backMs = await untilBack(installation, victim, before, killedMs);
  const readyMs = await untilReady(installation, killedMs);
  const isSteady = await untilSteady(clients, killedMs);
  const back = backMs === null ? "NO new process" : `a new process after ${backMs.toFixed(0)} ms`;
  const ready = readyMs === null ? "NOT ready again" : `every part ready after ${readyMs.toFixed(0)} ms`;
  console.log(
    `\nkill -9 of ${victim.name}: ${back}; ${ready}${isSteady ? "" : "; NOT all clients recovered"}`,
  );
  for (const group of new Set(clients.map((client) => client.group))) {
    const members = clients.filter((client) => client.group === group);
    console.log(`  ${describeGroup(group, members, killedMs)}`);
  }
  return backMs !== null && readyMs !== null && isSteady;
}

/** Milliseconds until another process is there; null when none comes. */
async function untilBack(
  installation: TestInstallation,
  { pid }: Victim,
  before: number,
  killedMs: number,
): Promise<number | null> {
  while (performance.now() - killedMs < RECOVERY_MS_MAX) {
    const now = tryPid(() => pid(installation));
    if (now !== null && now !== before) return performance.now() - killedMs;
    await delay(POLL_MS / 10);
  }
  return null;
}

/** Milliseconds until the product itself says that all its parts are well; null when it never does. */
async function untilReady({ url }: TestInstallation, killedMs: number): Promise<number | null> {
  while (performance.now() - killedMs < RECOVERY_MS_MAX) {
    const isReady = await fetch(`${url}/ready`).then(
      async (response) => ((await response.json()) as { status: string }).status === "ready",
      () => false,
    );
    if (isReady) return performance.now() - killedMs;
    await delay(POLL_MS);
  }
  return null;
}

/** Its file or its process is missing while it is away. */
function tryPid(pid: () => number): number | null {
  try {
    return pid();
  } catch {
    return null;
  }
}

async function untilSteady(clients: readonly RunningClient[], killedMs: number): Promise<boolean> {
  const isSteady = (client: RunningClient): boolean => {
    const sinceMs = performance.now() - STEADY_MS;
    const recent = client.attempts.filter(({ atMs }) => atMs > sinceMs);
    return recent.length > 0 && recent.every(({ error }) => error === null);
  };
  while (performance.now() - killedMs < RECOVERY_MS_MAX) {
    await delay(POLL_MS);
    if (performance.now() - killedMs > STEADY_MS && clients.every(isSteady)) return true;
  }
  return false;
}

/** What one group of clients saw since the kill. */
function describeGroup(group: string, members: readonly RunningClient[], killedMs: number): string {
  const since = members.map(({ attempts }) => attempts.filter(({ atMs }) => atMs >= killedMs));
  const all = since.flat();
  const errors = new Map<string, number>();
  for (const { error } of all) if (error !== null) errors.set(error, (errors.get(error) ?? 0) + 1);
  const failed = all.length - all.filter(({ error }) => error === null).length;
  const kinds = [...errors].map(([kind, count]) => `${count} × “${kind}”`).join(", ");
  const gap = Math.max(...since.map((attempts) => longestGapMs(attempts, killedMs)));
  return `${group}: ${all.length - failed} ok, ${failed} failed${failed > 0 ? ` (${kinds})` : ""}; longest time without an answer ${gap.toFixed(0)} ms; all well again after ${recoveryMs(since, killedMs).toFixed(0)} ms`;
}

/** The longest time between two successes of a client, the kill counting as one. */
function longestGapMs(attempts: readonly Attempt[], killedMs: number): number {
  let last = killedMs;
  let longest = 0;
  for (const { atMs, error } of attempts) {
    if (error !== null) continue;
    longest = Math.max(longest, atMs - last);
    last = atMs;
  }
  return longest;
}

/** From the kill to the first success after the last error of whoever took longest; 0 when nobody saw an error. */
function recoveryMs(since: readonly (readonly Attempt[])[], killedMs: number): number {
  return Math.max(
    ...since.map((attempts) => {
      const lastError = attempts.findLastIndex(({ error }) => error !== null);
      if (lastError === -1) return 0;
      return (attempts[lastError + 1]?.atMs ?? Number.POSITIVE_INFINITY) - killedMs;
    }),
  );
}

/** Which of the answered calls are in the request log. */
async function reportLog(installation: TestInstallation, clients: readonly RunningClient[]): Promise<void> {
  const answered = clients
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ requestId }) => (requestId === null ? [] : [decodeId("req", requestId) ?? ""]));
  const sql = postgres(databaseUrl(installation), { max: 1 });
  try {
    const missing = async (): Promise<string[]> => {
      const rows = await sql<{ id: string }[]>`
        select id from unnest(${answered}::uuid[]) as answered(id)
        where not exists (select from request_log where request_log.id = answered.id)`;
      return rows.map(({ id }) => id);
    };
    const deadlineMs = performance.now() + STEADY_MS;
    let lost = await missing();
    while (lost.length > 0 && performance.now() < deadlineMs) {
      await delay(POLL_MS);
      lost = await missing();
    }
    console.log(
      `\n${answered.length.toLocaleString("en")} answered calls; ${lost.length === 0 ? "all are in the request log" : `${lost.length} are NOT in the request log (their facts were in the memory of what was killed)`}`,
    );
  } finally {
    await sql.end();
  }
}

/** Runtimes are children of the edge: `workerd serve`, started by a file descriptor. */
function runtimePid({ dataDir }: TestInstallation): number {
  const found = treeOf(pidOfRole(dataDir, "edge")).find((pid) => commandOf(pid).includes("\0serve\0"));
  if (found === undefined) throw new Error("no runtime runs");
  return found;
}

const postmasterFile = ({ dataDir }: TestInstallation): string[] =>
  readFileSync(path.join(dataDir, "postgres", "pgdata", "postmaster.pid"), "utf8").split("\n");

function databasePid(installation: TestInstallation): number {
  return Number(postmasterFile(installation)[0]);
}

function databaseUrl(installation: TestInstallation): string {
  const password = readFileSync(path.join(installation.dataDir, "postgres", "password"), "utf8").trim();
  return urlOf(Number(postmasterFile(installation)[3]), password, DATABASE_NAME);
}
