import { parseArgs } from "node:util";
import { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { startCuttingProxy } from "./log-stream-parts/cutting-proxy.ts";
import { startHubServer, writeSteadily } from "./log-stream-parts/hub-server.ts";
import { nodeEnvironment } from "./log-stream-parts/node-environment.ts";

/**
 * What a viewer shows whose connection is cut 100 times at random moments, half of them in the middle of a message,
 * while the server writes 1,000 lines a second: the real client over a real log stream server.
 */

const PER_SECOND = 1_000;
const SETTLE_MS = 20_000;

export async function bench(options: readonly string[] = []): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { kills: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
  });
  const killsWanted = Number(values.kills);
  const random = seeded(Number(values.seed));
  const server = await startHubServer();
  const proxy = await startCuttingProxy(server.port, random);
  const store = new LogStreamStore(nodeEnvironment(proxy.port));
  const shown = watch(store);
  store.start();
  await until(() => store.getSnapshot().connection.phase === "live", SETTLE_MS);
  let kills = 0;
  let isDone = false;
  const killing = killAtRandom();
  const written = await writeSteadily(
    { perSecond: PER_SECOND, seconds: () => (isDone ? 0 : Number.POSITIVE_INFINITY) },
    (number) => server.write(`line ${number + 1}`),
  );
  await killing;
  const isComplete = await until(() => shown.count >= written, SETTLE_MS);
  store.stop();
  proxy.close();
  server.close();
  const { lost, duplicated, reordered, gaps, reconnects } = shown.report(written);
  console.log(
    `${kills} connections cut while ${written.toLocaleString("en")} lines were written at ${PER_SECOND}/s; ${reconnects} times live again`,
  );
  console.log(`lost ${lost}, duplicated ${duplicated}, reordered ${reordered}, gaps declared ${gaps}`);
  if (!isComplete || lost + duplicated + reordered > 0)
    throw new Error("The viewer's lines are not those written.");

  async function killAtRandom(): Promise<void> {
    while (kills < killsWanted) {
      await until(() => store.getSnapshot().connection.phase === "live", SETTLE_MS);
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      if (proxy.connections === 0) continue;
      proxy.cut(random() < 0.5 ? "now" : "in_a_message");
      kills += 1;
      await until(() => store.getSnapshot().connection.phase !== "live", SETTLE_MS);
    }
    isDone = true;
  }
}

/** Notes each line as it enters the list, from what a page would paint. */
function watch(store: LogStreamStore) {
  const times = new Map<string, number>();
  let lastRow = -1;
  let lastNumber = 0;
  let reordered = 0;
  let reconnects = 0;
  let wasLive = false;
  store.subscribe(() => {
    const { view, connection } = store.getSnapshot();
    const isLive = connection.phase === "live";
    if (isLive && !wasLive) reconnects += 1;
    wasLive = isLive;
    const news: string[] = [];
    for (let index = view.all.count - 1; index >= 0; index--) {
      const row = view.all.rowAt(index);
      if (row === undefined || row.n <= lastRow) break;
      if (row.kind === "line") news.push(row.entry.message);
    }
    lastRow = view.all.rowAt(view.all.count - 1)?.n ?? lastRow;
    for (const message of news.reverse()) {
      const number = Number(message.slice("line ".length));
      if (number < lastNumber) reordered += 1;
      lastNumber = number;
      times.set(message, (times.get(message) ?? 0) + 1);
    }
  });
  return {
    get count() {
      return times.size;
    },
    report(written: number) {
      const duplicated = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
      const gaps = store.getSnapshot().dropped;
      return { lost: written - times.size, duplicated, reordered, gaps, reconnects };
    },
  };
}

async function until(isSo: () => boolean, msMax: number): Promise<boolean> {
  const endMs = performance.now() + msMax;
  while (!isSo()) {
    if (performance.now() > endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}

/** Mulberry32: the same cuts for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
