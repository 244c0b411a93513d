import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { AskedTime, PageQuery, pageOf, Timestamp } from "./common.ts";
import { Micros, NaturalMicros, PositiveMicros } from "./money.ts";

/** What a plan allows. */
export const PlanCaps = z.object({
  toolCallDurationMsMax: z.number().int(),
  requestBytesMax: z.number().int(),
  responseBytesMax: z.number().int(),
  hostedServersMax: z.number().int(),
  retentionDaysMax: z.number().int(),
  viewersMax: z.number().int(),
});
export type PlanCaps = z.infer<typeof PlanCaps>;

/** What a billed tool call costs; started units count whole. */
export const PlanPrices = z.object({
  perCallMicros: NaturalMicros,
  per100MsMicros: NaturalMicros,
  per64KibMicros: NaturalMicros,
});
export type PlanPrices = z.infer<typeof PlanPrices>;

/** An immutable version of a plan. */
export const PlanVersion = z.object({
  /** `plan@n`; every debit names the one it was priced by. */
  id: z.string(),
  plan: z.string(),
  name: z.string(),
  version: z.number().int(),
  caps: PlanCaps,
  prices: PlanPrices,
  effectiveAt: Timestamp,
});
export type PlanVersion = z.infer<typeof PlanVersion>;

/** `GET …/plan`: the plan of the organization, and how near it is to its caps. */
export const Plan = PlanVersion.extend({
  /** The most that one call can cost: what a call sets aside before it runs. */
  callPriceCapMicros: Micros,
  hostedServers: z.object({ used: z.number().int(), max: z.number().int() }),
  /** Plans of this installation that an owner may change to. */
  available: z.array(PlanVersion),
  mayChange: z.boolean(),
});
export type Plan = z.infer<typeof Plan>;
export const ChangePlan = z.object({ plan: z.string().min(1).max(64) });

/** The accounts of an organization's books. Each organization's books sum to zero on their own. */
export const ACCOUNT_KINDS = [
  "available",
  "held",
  "consumed",
  "expired",
  "refunded",
  "debt",
  "granted",
  "payments",
  "adjustment",
] as const;
export const AccountKind = z.enum(ACCOUNT_KINDS);
export type AccountKind = z.infer<typeof AccountKind>;

/** What a transaction of the ledger was. `lease` and `release` only set aside and give back. */
export const TX_TYPES = [
  "purchase",
  "grant",
  "usage",
  "usage_event",
  "expiry",
  "refund",
  "reinstatement",
  "adjustment",
  "debt_payment",
  "lease",
  "release",
] as const;
export const TxType = z.enum(TX_TYPES);
export type TxType = z.infer<typeof TxType>;
export const LEDGER_CATEGORIES = ["purchases", "usage", "adjustments"] as const;
export const LedgerCategory = z.enum(LEDGER_CATEGORIES);
export type LedgerCategory = z.infer<typeof LedgerCategory>;

/** How certain the runway is, and why. */
export const Runway = z.object({
  /** `accumulating`: too little history to say. `idle`: nothing is spent. */
  state: z.enum(["accumulating", "idle", "estimated", "empty"]),
  /** Days until the balance is gone, from fast to slow; null unless estimated. */
  daysLow: z.number().nullable(),
  daysHigh: z.number().nullable(),
  /** What is spent in a day at this pace. */
  perDayMicros: Micros.nullable(),
  /** When credits expire next, and how many. */
  nextExpiry: z.object({ at: Timestamp, amountMicros: Micros }).nullable(),
});
export type Runway = z.infer<typeof Runway>;

export const ReconciliationCheck = z.object({
  /** `I1` … `I14`. */
  id: z.string(),
  /** What it promises, in words. */
  promise: z.string(),
  status: z.enum(["balanced", "drift"]),
  checked: z.number().int(),
  /** Rows that break it. */
  driftCount: z.number().int(),
  drift: z.array(z.object({ what: z.string(), expected: z.string(), found: z.string() })),
});
export const Reconciliation = z.object({
  status: z.enum(["balanced", "drift", "never_run"]),
  at: Timestamp.nullable(),
  durationMs: z.number().nullable(),
  driftMicros: Micros,
  checks: z.array(ReconciliationCheck),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

/** `GET …/ai-credits/summary`. */
export const CreditSummary = z.object({
  /** What calls may still set aside. Credits past their expiry are not in it. */
  availableMicros: Micros,
  /** Set aside for calls that run now. */
  heldMicros: Micros,
  /** `available + held`. */
  balanceMicros: Micros,
  debtMicros: Micros,
  month: z.object({ start: Timestamp, end: Timestamp, spentMicros: Micros, purchasedMicros: Micros }),
  spent24hMicros: Micros,
  runway: Runway,
  plan: z.object({ id: z.string(), name: z.string(), version: z.number().int(), isPriced: z.boolean() }),
  reconciliation: Reconciliation.pick({ status: true, at: true, driftMicros: true }),
  payments: z.object({
    /** `none`: an owner grants credits by hand. */
    provider: z.enum(["none", "stripe"]),
    /** What to do to make buying possible; null when it is. */
    setUp: z.string().nullable(),
  }),
  /** What happened last with money that needs somebody: a failed payment, an open dispute. */
  notices: z.array(z.object({ code: z.string(), message: z.string(), at: Timestamp })),
  asOf: Timestamp,
});
export type CreditSummary = z.infer<typeof CreditSummary>;

export const LedgerEntry = z.object({
  account: AccountKind,
  amountMicros: Micros,
  balanceAfterMicros: Micros,
});
/** One transaction of the ledger. */
export const LedgerTx = z.object({
  id: z.string(),
  type: TxType,
  category: LedgerCategory.nullable(),
  /** What it did to `available + held`: positive adds credits. */
  amountMicros: Micros,
  /** `available + held` after it. */
  balanceAfterMicros: Micros,
  description: z.string(),
  /** The agent whose use it was. */
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  /** Calls and events that it pays for. */
  eventCount: z.number().int(),
  priceVersion: z.string().nullable(),
  reversesTxId: z.string().nullable(),
  actor: z.string(),
  reason: z.string().nullable(),
  /** When it counts from, and when it was written. */
  effectiveAt: Timestamp,
  createdAt: Timestamp,
});
export type LedgerTx = z.infer<typeof LedgerTx>;
const LedgerFilter = z.object({
  category: LedgerCategory.optional(),
  /** Id or name; `none` for use without an agent. */
  agent: z.string().min(1).max(100).optional(),
  from: AskedTime.optional(),
  to: AskedTime.optional(),
});
export const LedgerQuery = PageQuery.extend(LedgerFilter.shape);
export type LedgerQuery = z.infer<typeof LedgerQuery>;
export type LedgerQueryInput = z.input<typeof LedgerQuery>;
export const LedgerPage = pageOf(LedgerTx);
export type LedgerPage = z.infer<typeof LedgerPage>;
export const LedgerExportQuery = LedgerFilter.extend({ format: z.enum(["csv", "ndjson"]).default("csv") });

/** One thing that a debit pays for. Its units times the prices of its version are its amount. */
export const UsageEvent = z.object({
  id: z.string(),
  /** `call`: a tool call here. `external`: a cost that an agent reported. */
  kind: z.enum(["call", "external"]),
  timestamp: Timestamp,
  /** Opens the call in the request log; null for external costs. */
  requestId: z.string().nullable(),
  serverId: z.string().nullable(),
  serverSlug: z.string().nullable(),
  tool: z.string().nullable(),
  agentId: z.string().nullable(),
  client: z.string().nullable(),
  source: z.string(),
  endUser: z.string().nullable(),
  description: z.string().nullable(),
  units: z.object({ calls: z.number().int(), hundredMs: z.number().int(), kib64: z.number().int() }),
  priceVersion: z.string().nullable(),
  amountMicros: Micros,
  txId: z.string(),
});
export type UsageEvent = z.infer<typeof UsageEvent>;
/** `GET …/ai-credits/ledger/{tx}`: a transaction with its entries and what it pays for. */
export const LedgerTxDetail = LedgerTx.extend({
  entries: z.array(LedgerEntry),
  grants: z.array(z.object({ grantId: z.string(), kind: z.string(), amountMicros: Micros })),
  events: z.array(UsageEvent),
  eventsAreCapped: z.boolean(),
  /** The prices that it was computed by. */
  prices: PlanPrices.nullable(),
});
export type LedgerTxDetail = z.infer<typeof LedgerTxDetail>;

export const GRANT_KINDS = ["plan", "promo", "purchase", "refund", "manual"] as const;
export const CreditGrant = z.object({
  id: z.string(),
  kind: z.enum(GRANT_KINDS),
  priority: z.number().int(),
  amountMicros: Micros,
  remainingMicros: Micros,
  effectiveAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  voidedAt: Timestamp.nullable(),
  reason: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: Timestamp,
});
export type CreditGrant = z.infer<typeof CreditGrant>;
/** `POST …/ai-credits/grants`: an owner gives credits by hand. A field that is not known, such as a currency, is refused. */
export const GrantCredits = z.strictObject({
  amountMicros: PositiveMicros,
  kind: z.enum(["manual", "promo"]).default("manual"),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(limits.money.reasonCharactersMax),
  expiresAt: Timestamp.nullable().default(null),
});
export type GrantCredits = z.input<typeof GrantCredits>;

/**
 * One month, UTC, by when things were written: opening + granted − used − expired − refunded + adjusted = closing. Opening
 * and closing are the balance less what is owed. What was written stays, so a closed month never changes.
 */
export const Statement = z.object({
  /** `2026-11`. */
  month: z.string(),
  openingMicros: Micros,
  grantedMicros: Micros,
  usedMicros: Micros,
  expiredMicros: Micros,
  refundedMicros: Micros,
  adjustedMicros: Micros,
  closingMicros: Micros,
  /** What of the closing is owed. */
  debtMicros: Micros,
  isClosed: z.boolean(),
  /** By when calls were made. Nothing of months whose calls are not kept any more. */
  byAgent: z.array(
    z.object({
      agentId: z.string().nullable(),
      agentName: z.string().nullable(),
      usedMicros: Micros,
      calls: z.number().int(),
    }),
  ),
  /** What `used` has beyond the agents: calls made in one month and settled in the next; negative in the month of the call. */
  settledElsewhereMicros: Micros,
});
export type Statement = z.infer<typeof Statement>;

/** `GET …/ai-credits/forecast`. */
export const Forecast = Runway.extend({
  balanceMicros: Micros,
  /** Spent by hour, oldest first: what the forecast is made from. */
  history: z.array(z.object({ hour: Timestamp, spentMicros: Micros })),
  /** How far yesterday's forecast of the day was off, as a share; null without one. */
  lastErrorRatio: z.number().nullable(),
});
export type Forecast = z.infer<typeof Forecast>;

/** `GET …/ai-credits/explanation`: the last 24 hours unless asked otherwise; the window is widened to whole hours. */
export const ExplainCreditsQuery = z.object({ from: AskedTime.optional(), to: AskedTime.optional() });
export type ExplainCreditsQuery = z.infer<typeof ExplainCreditsQuery>;

/** One reason why there are more or fewer credits than before. */
export const CreditReason = z.object({
  /**
   * `usage`, `external`, `purchase`, `grant`, `refund`, `reinstatement`, `expiry`, `adjustment`, `held` (set aside for calls
   * that run), `settled_late` (made in one window, settled in another), `other`; `price_change` and `late_events` are parts
   * of the use. Open list.
   */
  kind: z.string(),
  label: z.string(),
  /** What happened, in a sentence; null where the label says it all. */
  detail: z.string().nullable(),
  /** What it did in the window, and in the window before; negative took credits. */
  amountMicros: Micros,
  beforeMicros: Micros,
  /** `amount − before`; reasons come by its size, biggest first. */
  changeMicros: Micros,
  /** Calls, events or transactions. */
  count: z.number().int(),
  countBefore: z.number().int(),
  /** True where it is contained in other reasons, and not to be added to them. */
  isPart: z.boolean(),
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  serverId: z.string().nullable(),
  serverSlug: z.string().nullable(),
  tool: z.string().nullable(),
  /** Where it is one transaction. */
  txId: z.string().nullable(),
});
export type CreditReason = z.infer<typeof CreditReason>;

/** Why credits changed. The reasons that are no parts add up to `changeMicros`, to the micro. */
export const CreditExplanation = z.object({
  window: z.object({ from: Timestamp, to: Timestamp }),
  /** Of the same length, just before. */
  compared: z.object({ from: Timestamp, to: Timestamp }),
  /** What could be spent less what was owed, when the window began and when it ended. */
  openingMicros: Micros,
  closingMicros: Micros,
  changeMicros: Micros,
  changeBeforeMicros: Micros,
  reasons: z.array(CreditReason),
});
export type CreditExplanation = z.infer<typeof CreditExplanation>;

const WHOLE_DOLLARS = "Give whole dollars, from 5 to 50000.";
/** A field that is not known, such as a currency, is refused. */
export const CreateCheckoutSession = z.strictObject({
  /** Whole dollars. */
  creditAmountUsd: z
    .number({ error: WHOLE_DOLLARS })
    .int(WHOLE_DOLLARS)
    .min(5, WHOLE_DOLLARS)
    .max(50_000, WHOLE_DOLLARS),
});
export const CheckoutSession = z.object({
  id: z.string(),
  status: z.enum(["open", "pending", "paid", "expired", "failed"]),
  url: z.string().nullable(),
  amountMicros: Micros,
  txId: z.string().nullable(),
  createdAt: Timestamp,
});
export type CheckoutSession = z.infer<typeof CheckoutSession>;

/** A payment and what became of its credits. */
export const Purchase = z.object({
  id: z.string(),
  paymentRef: z.string(),
  amountMicros: Micros,
  refundedMicros: Micros,
  disputedMicros: Micros,
  status: z.enum(["paid", "partly_refunded", "refunded", "disputed"]),
  origin: z.enum(["checkout", "auto_top_up"]),
  at: Timestamp,
});
export type Purchase = z.infer<typeof Purchase>;

/** `GET|PUT …/ai-credits/auto-top-up`. */
export const AutoTopUpSettings = z.object({
  isOn: z.boolean(),
  thresholdMicros: PositiveMicros,
  amountUsd: z.number().int().min(5).max(10_000),
  /** Per calendar month, UTC. */
  monthlyMaxUsd: z.number().int().min(5).max(100_000),
});
export const AutoTopUp = AutoTopUpSettings.extend({
  /** `open`: stopped after failures until the payment method changes or an owner resumes it. */
  breaker: z.object({
    state: z.enum(["closed", "resting", "open"]),
    failures: z.number().int(),
    reason: z.string().nullable(),
    until: Timestamp.nullable(),
  }),
  spentThisMonthUsd: z.number().int(),
  hasPaymentMethod: z.boolean(),
  lastAttempt: z
    .object({
      at: Timestamp,
      status: z.enum(["pending", "succeeded", "failed"]),
      message: z.string().nullable(),
    })
    .nullable(),
});
export type AutoTopUp = z.infer<typeof AutoTopUp>;
