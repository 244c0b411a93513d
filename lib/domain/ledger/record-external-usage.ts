import { type Db, sqlOf } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableJson, storableText } from "#lib/kernel/text.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { smaller } from "./amounts.ts";
import type { Posting } from "./book.ts";
import { createBudgetChanges } from "./budget-changes.ts";
import { type OnceKey, onceKey, postedBefore } from "./once.ts";
import { keyOfSomethingElse } from "./refused-by-books.ts";
import { agentScope, sessionScope, userScope } from "./scopes.ts";
import { countSpend } from "./spend-rollup.ts";
import { withBook } from "./with-book.ts";

/** A cost that happened elsewhere, as an agent reports it. */
export interface ExternalUsageEvent {
  /** The agent's own id of it. */
  readonly eventId: string;
  readonly amountMicros: bigint;
  readonly occurredAtMs: number;
  readonly description: string;
  readonly endUser: string | null;
  readonly session: string | null;
}

export interface ExternalUsage {
  readonly organizationId: string;
  readonly agentId: string;
  readonly actor: string;
  /** True where credits are not what pays: the costs count in budgets and spend, and nothing is owed for them. */
  readonly isCovered?: boolean;
  readonly events: readonly ExternalUsageEvent[];
}

export interface RecordedUsage {
  readonly eventId: string;
  /** `duplicate`: it was recorded before, with the same contents. */
  readonly status: "accepted" | "duplicate";
  readonly amountMicros: bigint;
  readonly txId: string;
}

/**
 * Books costs that happened elsewhere: out of what is available, and what is left then is owed, since they were spent
 * already. They count now, whenever they happened, in the budgets of the agent, the user and the session. An event id
 * counts once for its agent; with other contents nothing of the call is booked. Runs in the transaction of `db`. Throws DomainError
 * `invalid_input` for amounts out of range and `unprocessable` for an id that was used for something else, or for more than the books hold.
 */
export async function recordExternalUsage(
  db: Db,
  { organizationId, agentId, actor, isCovered = false, events }: ExternalUsage,
  posting: Posting,
): Promise<readonly RecordedUsage[]> {
  events.forEach(requireNatural);
  const sql = sqlOf(db);
  const { nowMs } = posting;
  const period = utcMonthOf(nowMs).key;
  const keyed = events.map((event) => ({ event, once: keyOf(agentId, event) }));
  const budgets = createBudgetChanges();
  const add = budgets.of(organizationId);
  const rows: object[] = [];
  const results: RecordedUsage[] = [];
  await withBook(sql, organizationId, posting, async (book) => {
    const eventIds = new Map(keyed.map(({ event, once }) => [once.idemKey, event.eventId]));
    const known = new Map(
      await postedBefore(
        sql,
        organizationId,
        keyed.map(({ once }) => once),
        (key) => eventIds.get(key) ?? key,
      ),
    );
    const seen = new Map<string, OnceKey>();
    for (const { event, once } of keyed) {
      const { eventId, amountMicros } = event;
      const earlier = seen.get(once.idemKey);
      if (earlier && earlier.idemHash !== once.idemHash) throw keyOfSomethingElse(eventId);
      seen.set(once.idemKey, once);
      const before = known.get(once.idemKey);
      if (before !== undefined) {
        results.push({ eventId, status: "duplicate", amountMicros, txId: before });
        continue;
      }
      const taken = isCovered ? 0n : smaller(amountMicros, book.balances.available);
      const unpaid = amountMicros - taken;
      const txId = book.post(
        {
          ...once,
          type: "usage_event",
          moves: {
            available: -taken,
            [isCovered ? "granted" : "debt"]: -unpaid,
            consumed: amountMicros,
          },
          sourceKind: "api",
          sourceId: eventId,
          agentId,
          eventCount: 1,
          actor,
          reason: event.description || null,
          effectiveAtMs: event.occurredAtMs,
        },
        limits.money.accountMicrosMax,
      );
      book.takeFromGrants(txId, "used", taken);
      known.set(once.idemKey, txId);
      results.push({ eventId, status: "accepted", amountMicros, txId });
      rows.push(eventRow(event, { id: posting.newId(), organizationId, agentId, nowMs, period, txId }));
      add(agentScope(agentId), period, { spent: amountMicros });
      add(userScope(agentId, event.endUser), period, { spent: amountMicros });
      if (event.session !== null) {
        add(sessionScope(agentId, storableText(event.session)), period, { spent: amountMicros });
      }
    }
  });
  const accepted = results.filter(({ status }) => status === "accepted");
  if (accepted.length === 0) return results;
  await Promise.all([
    sql`
      insert into usage_events
      select * from jsonb_populate_recordset(null::usage_events, ${storableJson(rows)}::text::jsonb)`,
    budgets.write(sql, nowMs),
    countSpend(
      sql,
      accepted.map(({ amountMicros }) => ({
        organizationId,
        agentId,
        amountMicros,
        countedAtMs: nowMs,
        serverId: "",
        tool: "",
        client: "",
        source: "agent",
        region: "",
        outcome: "",
      })),
    ),
  ]);
  return results;
}

const keyOf = (agentId: string, { eventId, ...body }: ExternalUsageEvent): OnceKey =>
  onceKey(`usage-event:${agentId}:${storableText(eventId)}`, { what: "usage_event", ...body });

function requireNatural({ amountMicros }: ExternalUsageEvent, index: number): void {
  if (amountMicros >= 0n && amountMicros <= limits.money.usageEventMicrosMax) return;
  const path = `events.${index}.amountMicros`;
  const message = `Give an amount of zero or more and at most ${limits.money.usageEventMicrosMax} micros.`;
  throw new DomainError("invalid_input", `The input is not valid. ${path}: ${message}`, {
    errors: [{ path, code: "out_of_range", message }],
  });
}

const eventRow = (
  event: ExternalUsageEvent,
  booked: {
    id: string;
    organizationId: string;
    agentId: string;
    nowMs: number;
    period: string;
    txId: string;
  },
) => ({
  id: booked.id,
  organization_id: booked.organizationId,
  kind: "external",
  agent_id: booked.agentId,
  source: "agent",
  region: "",
  end_user: event.endUser,
  agent_session: event.session,
  description: event.description || null,
  occurred_at: new Date(event.occurredAtMs).toISOString(),
  counted_at: new Date(booked.nowMs).toISOString(),
  call_units: 0,
  hundred_ms_units: 0,
  kib64_units: 0,
  amount_micros: String(event.amountMicros),
  tx_id: booked.txId,
  period: booked.period,
});
