import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import { addCredits, reconcile } from "#lib/domain/ledger/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  amountOf,
  groupsOf,
  ORGANIZATIONS,
  organizationOf,
  type Plan,
  PRICES,
  seeded,
} from "./deliveries.ts";
import type { WriterOrder } from "./writer-process.ts";

/** A kill comes a moment after some group was durable, so in the middle of others. */
const KILL_AFTER_MS_MAX = 40;

const ids = createIdSource();
const posting = () => ({ nowMs: Date.now(), newId: () => ids.uuid() });

/** Organizations with and without enough credits, and the prices. */
export async function openBooks({ db, sql }: Database): Promise<void> {
  await sql`
    insert into plan_versions (plan, version, name, caps, per_call_micros, per_100ms_micros, per_64kib_micros, effective_at)
    values ('once', 1, 'Once', '{}', ${String(PRICES.perCall)}::text::bigint, ${String(PRICES.per100Ms)}::text::bigint,
      ${String(PRICES.per64Kib)}::text::bigint, '2026-01-01')`;
  for (let index = 0; index < ORGANIZATIONS; index++) {
    const organizationId = organizationOf(index);
    await sql`
      insert into organizations (id, slug, name) values (${organizationId}, ${organizationId.replaceAll("_", "-")}, 'Once')`;
    await inTransaction(db, (tx) =>
      addCredits(
        tx,
        {
          organizationId,
          kind: "manual",
          // Every other one owes something in the end.
          amountMicros: index % 2 === 0 ? 1_000_000_000_000n : 10_000n,
          priority: 50,
          expiresAtMs: null,
          paymentId: null,
          reason: null,
          actor: "system:test",
          idemKey: "once",
        },
        posting(),
      ),
    );
  }
}

/**
 * Has a writer process deliver all events as planned, killed with kill -9 at `kills` random moments and started again;
 * what was not acknowledged is delivered again. Answers how long it took and how many deliveries were acknowledged.
 */
export async function deliverAll(
  url: string,
  plan: Plan,
  { kills, connections }: { kills: number; connections: number },
): Promise<{ seconds: number; deliveries: number; killed: number }> {
  const groups = groupsOf(plan).length;
  const random = seeded(plan.seed + 1);
  const killAt = Array.from({ length: kills }, () => Math.floor(random() * groups)).sort(
    (left, right) => left - right,
  );
  const written = new Set<number>();
  let from = 0;
  let killed = 0;
  const startedMs = performance.now();
  while (from < groups) {
    const order: WriterOrder = {
      url,
      plan,
      connections,
      from,
      written: [...written].filter((group) => group >= from),
    };
    const writer = spawn(
      process.execPath,
      [path.join(import.meta.dirname, "writer-process.ts"), JSON.stringify(order)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(writer, "close");
    let isDying = false;
    createInterface({ input: writer.stdout }).on("line", (line) => {
      written.add(Number(line));
      const due = killAt[killed];
      if (isDying || due === undefined || written.size <= due) return;
      isDying = true;
      killed += 1;
      void delay(random() * KILL_AFTER_MS_MAX).then(() => writer.kill("SIGKILL"));
    });
    const [code, signal] = (await ended) as [number | null, string | null];
    if (code !== 0 && signal !== "SIGKILL") throw new Error(`the writer ended with ${code ?? signal}`);
    while (written.has(from)) from += 1;
  }
  return { seconds: (performance.now() - startedMs) / 1_000, deliveries: plan.events * plan.times, killed };
}

/** What each record says was billed, and what must have been: all of them the same, to the micro. */
export async function billed({ sql }: Database): Promise<Record<string, string>> {
  const [row] = await sql<Record<string, string>[]>`
    select (select count(*) || ' for ' || sum(amount_micros) from usage_events) as events,
      (select sum(events) || ' for ' || sum(amount_micros) from spend_rollup) as hours,
      (select sum(t.event_count) || ' for ' || sum(e.amount_micros) from ledger_txs t join ledger_entries e
        on e.organization_id = t.organization_id and e.tx_id = t.id and e.kind = 'consumed') as ledger,
      (select count(*) || ' for ' || sum(amount_micros) from request_log) as log,
      (select sum(calls)::text from usage_rollup) as calls`;
  return row ?? {};
}

export function toBill({ events }: Plan): Record<string, string> {
  let micros = 0n;
  for (let index = 0; index < events; index++) micros += amountOf(index);
  const each = `${events} for ${micros}`;
  return { events: each, hours: each, ledger: each, log: each, calls: String(events) };
}

/** Checks every promise about every organization's books. Answers those that are broken. */
export async function brokenPromises(database: Database): Promise<string[]> {
  const broken: string[] = [];
  for (let index = 0; index < ORGANIZATIONS; index++) {
    const { checks } = await reconcile(database, organizationOf(index), Date.now(), { isFull: true });
    for (const { id, drift } of checks.filter(({ driftCount }) => driftCount > 0)) {
      broken.push(`${organizationOf(index)} ${id}: ${JSON.stringify(drift[0])}`);
    }
  }
  return broken;
}
