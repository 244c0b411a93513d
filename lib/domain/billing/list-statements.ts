import { z } from "zod";
import type { Statement } from "#lib/contract/index.ts";
import { inSnapshot, type Reader } from "#lib/db/snapshot.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { query } from "../access/index.ts";
import { type Books, booksAt, netOf } from "./books-at.ts";
import { monthEndMs, monthStartMs, monthsBetween } from "./months.ts";

type ByAgent = Statement["byAgent"];

/** Statements by calendar month (UTC), newest first, from the first transaction to now: exact, so that each closing is the next opening. */
export const listStatements = query({
  name: "statement.list",
  scope: "billing:read",
  input: z.object({}),
  run: async (ctx): Promise<Statement[]> => {
    const organizationId = ctx.organization.id;
    const nowMs = ctx.clock.nowMs();
    const thisMonth = utcMonthOf(nowMs).key;
    return inSnapshot(ctx.database.sql, async (sql) => {
      const [first] = await sql<{ id: string }[]>`
        select id from ledger_txs where organization_id = ${organizationId} order by id limit 1`;
      if (!first) return [];
      const firstMs = timeOfUuid7(first.id);
      const months = monthsBetween(
        utcMonthOf(firstMs).key,
        utcMonthOf(Math.max(firstMs, nowMs)).key,
        limits.money.statementsMonthsMax,
      );
      const oldest = months[0] ?? thisMonth;
      const books = await booksAt(sql, organizationId, [
        monthStartMs(oldest),
        ...months.map((month) => monthEndMs(month)),
      ]);
      const agents = await agentsByMonth(sql, organizationId, monthStartMs(oldest));
      return months
        .flatMap((month, index) => {
          const [opening, closing] = [books[index], books[index + 1]];
          if (opening === undefined || closing === undefined) return [];
          return [statement(month, opening, closing, agents.get(month) ?? [], month < thisMonth)];
        })
        .reverse();
    });
  },
});

function statement(
  month: string,
  opening: Books,
  closing: Books,
  byAgent: ByAgent,
  isClosed: boolean,
): Statement {
  const grown = (kind: keyof Books): bigint => closing[kind] - opening[kind];
  return {
    month,
    openingMicros: String(netOf(opening)),
    grantedMicros: String(-grown("granted") - grown("payments")),
    usedMicros: String(grown("consumed")),
    expiredMicros: String(grown("expired")),
    refundedMicros: String(grown("refunded")),
    adjustedMicros: String(-grown("adjustment")),
    closingMicros: String(netOf(closing)),
    debtMicros: String(-closing.debt),
    isClosed,
    byAgent,
    settledElsewhereMicros: String(
      byAgent.reduce((rest, { usedMicros }) => rest - BigInt(usedMicros), grown("consumed")),
    ),
  };
}

/** What agents used by month, most first; as far back as spend is kept. */
async function agentsByMonth(
  sql: Reader,
  organizationId: string,
  fromMs: number,
): Promise<ReadonlyMap<string, ByAgent>> {
  const rows = await sql<
    { month: string; agent_id: string; agent_name: string | null; used: string; calls: string }[]
  >`
    select used.*, a.name as agent_name from (
      select to_char(date_trunc('month', hour at time zone 'UTC'), 'YYYY-MM') as month, agent_id,
        sum(amount_micros)::text as used, sum(events)::text as calls
      from spend_rollup
      where organization_id = ${organizationId} and hour >= ${new Date(fromMs).toISOString()}::timestamptz
      group by 1, 2
    ) used
    left join agents a on a.organization_id = ${organizationId} and a.id = used.agent_id
    order by used.month, used.used::numeric desc, used.agent_id`;
  const byMonth = Map.groupBy(rows, ({ month }) => month);
  return new Map(
    [...byMonth].map(([month, agents]) => [
      month,
      agents.map((row) => ({
        agentId: row.agent_id === "" ? null : row.agent_id,
        agentName: row.agent_name,
        usedMicros: row.used,
        calls: Number(row.calls),
      })),
    ]),
  );
}
