import type { Command } from "../ledger-model/commands.ts";

/** What finds a defect; each is run on the ledger as it is, too, and must find nothing there. */
export type Guard = "model" | "races" | "payments" | "alerts" | "sums";

/** A mistake that somebody could make in the ledger, and what must find it. */
export interface Defect {
  readonly name: string;
  readonly guard: Guard;
  /** A file of the repository, and a text in it that is there exactly once. */
  readonly source?: { readonly file: string; readonly text: string; readonly becomes: string };
  /** What is done to the database. */
  readonly sql?: string;
  /** Commands that come close to the defect, before random ones. */
  readonly near?: readonly Command[];
}

const LEDGER = "lib/domain/ledger";
const MONTH_MS = 2 * 86_400_000;

const grant = (key: number, amount: bigint, priority = 1): Command => ({
  do: "grant",
  key,
  kind: "manual",
  amount,
  priority,
  expiresInMs: null,
});
const take = (need: bigint, credits: boolean, agent: number | null): Command => ({
  do: "take",
  node: 0,
  agent,
  credits,
  user: null,
  session: null,
  need,
  want: need,
  liveNodes: 1,
});
const settle = (agent: number | null, leased: boolean, again: number | null = null): Command => ({
  do: "settle",
  calls: [{ again, agent, user: null, session: null, node: 0, leased, hundredMs: 4, kib64: 1, ageMs: 0 }],
});

export const DEFECTS: readonly Defect[] = [
  {
    name: "nobody waits for the books",
    guard: "races",
    sql: `
      create or replace function ledger_lock(organizations text[]) returns void language sql as $$
        insert into ledger_accounts (organization_id, kind)
        select o.id, k.kind from organizations o, unnest(array['adjustment', 'available', 'consumed', 'debt', 'expired',
          'granted', 'held', 'payments', 'refunded']) as k(kind)
        where o.id = any(organizations) on conflict do nothing
      $$`,
  },
  {
    name: "a call is billed as often as it is settled",
    guard: "model",
    sql: "alter table usage_events drop constraint usage_events_organization_id_id_pk",
    near: [grant(1, 5_000n), settle(null, false), settle(null, false, 0)],
  },
  {
    name: "a call takes more from its lease than is left of it",
    guard: "model",
    source: {
      file: `${LEDGER}/settle-usage.ts`,
      text: "smaller(charge.amountMicros, unsettled(lease))",
      becomes: "charge.amountMicros",
    },
    near: [grant(1, 5_000n), take(50n, true, 0), settle(0, true)],
  },
  {
    name: "what was given back can be given back again",
    guard: "model",
    source: { file: `${LEDGER}/give-back-leases.ts`, text: "lease.amountMicros -= unused;", becomes: "" },
    near: [grant(1, 5_000n), take(900n, true, null), { do: "release", lease: 0, unused: 300n }],
  },
  {
    name: "credits expire that calls have set aside",
    guard: "model",
    source: {
      file: `${LEDGER}/book-rules.ts`,
      text: "smaller(grant.remainingMicros, book.balances.available)",
      becomes: "grant.remainingMicros",
    },
    near: [
      { do: "grant", key: 1, kind: "promo", amount: 900n, priority: 1, expiresInMs: 1_000 },
      take(300n, true, null),
      { do: "wait", ms: 1_500 },
      { do: "expireDue" },
    ],
  },
  {
    name: "credits are used in another order",
    guard: "model",
    source: {
      file: `${LEDGER}/grant-order.ts`,
      text: "left.priority - right.priority ||",
      becomes: "right.priority - left.priority ||",
    },
    near: [grant(1, 500n, 2), grant(2, 500n, 0), settle(null, false)],
  },
  {
    name: "a refund takes the target, not what is missing to it",
    guard: "payments",
    source: {
      file: "lib/domain/payments/payment-state.ts",
      text: "const delta = target - row.postedMicros;",
      becomes: "const delta = target;",
    },
  },
  {
    name: "what is owed stays owed beside credits",
    guard: "model",
    source: {
      file: `${LEDGER}/book-rules.ts`,
      text: "smaller(book.balances.available, -book.balances.debt)",
      becomes: "0n",
    },
    near: [settle(null, false), grant(1, 5_000n)],
  },
  {
    name: "parts of a sum are rounded one by one",
    guard: "sums",
    source: { file: "lib/kernel/money.ts", text: "if (rest === 0n) break;", becomes: "break;" },
  },
  {
    name: "started units are rounded down",
    guard: "sums",
    source: {
      file: "lib/domain/plans/call-price.ts",
      text: "Math.ceil(Math.min(use.durationMs, caps.toolCallDurationMsMax) / STEP_MS)",
      becomes: "Math.floor(Math.min(use.durationMs, caps.toolCallDurationMsMax) / STEP_MS)",
    },
  },
  {
    name: "a budget counts a call when it is settled, not where its lease is",
    guard: "model",
    source: {
      file: `${LEDGER}/settle-usage.ts`,
      text: "const counted = drawn.period ?? period;",
      becomes: "const counted = period && new Date(nowMs).toISOString().slice(0, 7);",
    },
    near: [grant(1, 5_000n), take(200n, true, 0), { do: "wait", ms: MONTH_MS }, settle(0, true)],
  },
  {
    name: "a lowered cap does not end leases",
    guard: "model",
    source: {
      file: `${LEDGER}/renew-leases.ts`,
      text: "counter.spentMicros + counter.leasedMicros <= cap",
      becomes: "true",
    },
    near: [take(900n, false, 0), { do: "cap", agent: 0, of: "agent", cap: 100n }, { do: "renew", node: 0 }],
  },
  {
    name: "leases of dead nodes return while their calls may still run",
    guard: "model",
    source: {
      file: `${LEDGER}/return-dead-leases.ts`,
      text: "limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs;",
      becomes: "limits.money.leaseSettleGraceMs;",
    },
    near: [grant(1, 5_000n), take(300n, true, null), { do: "wait", ms: 40_000 }, { do: "returnDead" }],
  },
  {
    name: "a key answers for other contents",
    guard: "model",
    source: {
      file: `${LEDGER}/once.ts`,
      text: "if (hashes.get(key) !== hash) throw keyOfSomethingElse(nameOf(key));",
      becomes: "",
    },
    near: [grant(1, 5n), grant(1, 6n)],
  },
  {
    name: "one entry has the wrong sign",
    guard: "model",
    source: {
      file: `${LEDGER}/claw-back.ts`,
      text: "debt: taken - amountMicros",
      becomes: "debt: amountMicros - taken",
    },
    near: [{ do: "purchase", amount: 400n }, settle(null, false), { do: "clawBack", payment: 0, part: 1 }],
  },
  {
    name: "an alert is told as often as somebody thinks of it",
    guard: "alerts",
    sql: "drop index alerts_once",
  },
  {
    name: "a call is billed at the newest prices, not at those it was made under",
    guard: "model",
    source: {
      file: `${LEDGER}/insert-usage-events.ts`,
      text: "i.price_version, i.amount_micros, i.tx_id,",
      becomes: `(select v.plan || '@' || max(v.version) from plan_versions v
        where v.plan = split_part(i.price_version, '@', 1) group by v.plan), i.amount_micros, i.tx_id,`,
    },
    near: [grant(1, 5_000n), settle(null, false)],
  },
  {
    name: "a cap forgets what is set aside of it",
    guard: "model",
    source: {
      file: `${LEDGER}/take-lease.ts`,
      text: " - (counter?.leasedMicros ?? 0n)",
      becomes: "",
    },
    near: [{ do: "cap", agent: 0, of: "agent", cap: 1_000n }, take(600n, false, 0), take(600n, false, 0)],
  },
  {
    name: "a refund takes other credits before those of its payment",
    guard: "model",
    source: {
      file: `${LEDGER}/claw-back.ts`,
      text: "grant.id === grantId || grant.paymentId === paymentId",
      becomes: "grant === null",
    },
    near: [grant(1, 500n, 0), { do: "purchase", amount: 500n }, { do: "clawBack", payment: 0, part: 2 }],
  },
  {
    name: "an hour forgets what was counted before",
    guard: "model",
    source: {
      file: `${LEDGER}/spend-rollup.ts`,
      text: "events = spend_rollup.events + excluded.events",
      becomes: "events = excluded.events",
    },
    near: [grant(1, 5_000n), settle(null, false), settle(null, false)],
  },
  {
    name: "rows of the ledger can be changed",
    guard: "model",
    sql: "drop trigger ledger_entries_never_change on ledger_entries",
    near: [grant(1, 5_000n)],
  },
];
