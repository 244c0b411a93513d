import { parseArgs } from "node:util";
import type { Operation } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import {
  getOperation,
  publishVersion,
  rollbackVersion,
  runOperationWorker,
  uploadVersion,
} from "#lib/domain/deployments/index.ts";
import { listExpectedNodes } from "#lib/domain/nodes/index.ts";
import { systemCtx } from "#lib/domain/organizations/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createFleetControl } from "#lib/edge-control/fleet-control.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { namedVersion, underLoad } from "#lib/testing/deploy-under-load.ts";
import { type EdgeSite, openEdgeSite } from "#lib/testing/edge-site.ts";
import { testSystem } from "#lib/testing/index.ts";

/**
 * Publishes and rollbacks under a stream of real MCP calls: two edges in processes of their own and in two regions, real
 * runtimes, a real database, and the worker of the jobs role. Prints what every caller saw; fails when a call failed.
 */

const SLUG = "deployed";
const LOOK_MS = 20;

export async function bench(options: readonly string[] = []): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      rounds: { type: "string", default: "30" },
      callers: { type: "string", default: "8" },
    },
  });
  const site = await openEdgeSite();
  const stopping = new AbortController();
  try {
    const edges = [
      await site.startEdge({ node: "edge-eu", region: "eu" }),
      await site.startEdge({ node: "edge-us", region: "us" }),
    ];
    const ctx = await developerOf(site);
    while ((await listExpectedNodes(ctx)).length < edges.length)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const worker = runOperationWorker(ctx, stopping.signal);
    try {
      await measure(
        ctx,
        edges.map(({ url }) => `${url}/mcp/${SLUG}`),
        Number(values.rounds),
        Number(values.callers),
      );
    } finally {
      stopping.abort();
      await worker;
    }
  } finally {
    await site.close();
  }
}

async function developerOf(site: EdgeSite): Promise<Ctx> {
  const box = createSealedBox(new Uint8Array(Buffer.from(site.secret, "hex")));
  const runtime = createFleetControl({
    nodes: () => listExpectedNodes({ database: site.database, clock: systemClock }),
    internalSecret: site.secret,
    fallback: { node: "none", region: "none", controlAddress: "unix:/nowhere", isSilent: false },
  });
  const system = testSystem({
    database: site.database,
    clock: systemClock,
    doors: { runtime, seal: box.seal, unseal: box.unseal },
  });
  return systemCtx(system, "site", "bench");
}

/** Two versions out of three come new, the third time the one before comes back. */
async function measure(ctx: Ctx, urls: readonly string[], rounds: number, callers: number): Promise<void> {
  await createServer(ctx, { kind: "hosted", name: SLUG, slug: SLUG });
  await publish(ctx, 0);
  const tookMs: number[] = [];
  const ofSteps = new Map<string, number[]>();
  let publishes = 0;
  let rollbacks = 0;
  const startedMs = performance.now();
  const seen = await underLoad(urls, callers, async () => {
    for (let round = 1; round <= rounds; round++) {
      const beganMs = performance.now();
      const isRollback = round % 3 === 0;
      const { steps } = isRollback
        ? await ended(ctx, rollbackVersion(ctx, { server: SLUG }))
        : await publish(ctx, round);
      if (isRollback) rollbacks += 1;
      else publishes += 1;
      tookMs.push(performance.now() - beganMs);
      for (const { name, durationMs } of steps)
        if (durationMs !== null) ofSteps.set(name, [...(ofSteps.get(name) ?? []), durationMs]);
    }
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(
    `${publishes} publishes and ${rollbacks} rollbacks on ${urls.length} edges in ${seconds.toFixed(1)} s`,
  );
  console.log(`one operation, from asking to its end: ${spread(tookMs)}`);
  for (const [name, durations] of ofSteps) console.log(`  ${name.padEnd(18)} ${spread(durations)}`);
  console.log(
    `${callers} callers: ${seen.calls} calls in ${seen.sessions} sessions, ${seen.answers.size} versions answered, ${seen.failures.length} failed`,
  );
  for (const failure of seen.failures.slice(0, 10)) console.log(`  ${failure}`);
  if (seen.failures.length > 0) throw new Error("Calls failed while versions were switched.");
}

function spread(ms: readonly number[]): string {
  const sorted = ms.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return `p50 ${at(0.5)} ms, max ${at(1)} ms`;
}

async function publish(ctx: Ctx, round: number): Promise<Operation> {
  const version = `1.${round}.0`;
  await uploadVersion(ctx, {
    server: SLUG,
    version,
    contentType: "text/javascript",
    body: new TextEncoder().encode(namedVersion(version)),
  });
  return ended(ctx, publishVersion(ctx, { server: SLUG, version }));
}

async function ended(ctx: Ctx, queued: Promise<Operation>): Promise<Operation> {
  const { id } = await queued;
  for (;;) {
    const operation = await getOperation(ctx, { server: SLUG, operation: id });
    const { state, error } = operation;
    if (state === "succeeded") return operation;
    if (state === "failed" || state === "canceled") throw new Error(error ?? state);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
