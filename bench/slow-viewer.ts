import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { type HubServer, startHubServer, writeSteadily } from "./log-stream-parts/hub-server.ts";
import type { ThrottledReport } from "./log-stream-parts/throttled-viewers-process.ts";

/**
 * What one viewer that takes 50 KB a second costs the nine others of a server that writes 2,000 lines a second, and
 * whether it is told exactly what it did not get. Against the same ten viewers with nobody throttled.
 */

const VIEWERS = 10;
const SLOW_BYTES_PER_SECOND = 50_000;
const LINES_PER_SECOND = 2_000;
const SECONDS = 15;
const WARM_UP_SECONDS = 5;
/** By turns with and without the slow one, so that a busy machine is as busy for both. */
const ROUNDS = 3;
const MIB = 1024 * 1024;
/** Lines of such a size that the throttled viewer is offered more than twelve times what it takes. */
const MESSAGE = `[INFO] Tool: refund_order, reason: damaged in transit, ${"details ".repeat(25)}`;

interface Figures {
  report: ThrottledReport;
  rssGrowthMiB: number;
  head: number;
}

export async function bench(): Promise<void> {
  const rounds: { without: Figures; withSlow: Figures }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ without: await measure(0), withSlow: await measure(SLOW_BYTES_PER_SECOND) });
  const without = middle(rounds.map((round) => round.without));
  const withSlow = middle(rounds.map((round) => round.withSlow));
  for (const [name, { report, rssGrowthMiB }] of Object.entries({
    "nobody slow": without,
    "one of ten slow": withSlow,
  })) {
    console.log(
      `${name.padEnd(16)} write → received p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms; RSS +${rssGrowthMiB.toFixed(1)} MiB`,
    );
  }
  const growth = withSlow.rssGrowthMiB - without.rssGrowthMiB;
  console.log(
    `the others' p99: ×${(withSlow.report.p99Ms / without.report.p99Ms).toFixed(2)} (goal: ≤ 1.10); RSS for the slow one: ${growth.toFixed(1)} MiB (goal: ≤ 4)`,
  );
  for (const { withSlow: one } of rounds) checkNotice(one);
}

/** The round whose p99 is in the middle. */
function middle(figures: Figures[]): Figures {
  const sorted = figures.toSorted((one, other) => one.report.p99Ms - other.report.p99Ms);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (!found) throw new Error("nothing was measured");
  return found;
}

function checkNotice({ report: { slow }, head }: Figures): void {
  if (slow === null) throw new Error("the slow viewer did not report");
  const told = slow.received + slow.droppedLines;
  console.log(
    `the slow one: ${slow.received} lines received + ${slow.droppedLines} told as dropped in ${slow.notices} notices, closed ${slow.closes} times = ${told} of ${head} written`,
  );
  if (told !== head || !slow.isContiguous || slow.notices === 0)
    throw new Error("The notice of what was dropped is not exact.");
}

async function measure(slowBytesPerSecond: number): Promise<Figures> {
  const server = await startHubServer();
  const child = fork(path.join(import.meta.dirname, "log-stream-parts/throttled-viewers-process.ts"), [
    String(server.port),
    String(VIEWERS),
    String(slowBytesPerSecond),
  ]);
  try {
    await nextMessage(child);
    await write(server, WARM_UP_SECONDS);
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, 100);
    await write(server, SECONDS);
    clearInterval(watch);
    const head = server.hub.position("srv_1")?.head ?? 0;
    child.send({ head });
    const report = (await nextMessage(child)) as ThrottledReport;
    return { report, rssGrowthMiB: (highest - before) / MIB, head };
  } finally {
    child.kill();
    server.close();
  }
}

const write = (server: HubServer, seconds: number): Promise<number> =>
  writeSteadily({ perSecond: LINES_PER_SECOND, seconds: () => seconds }, (number) =>
    server.write(`${MESSAGE}${number}`),
  );

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}
