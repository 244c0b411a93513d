import { collected } from "../healthy-evidence.ts";
import { type Case, one } from "./case.ts";
import { AT, all, denied, inside, moved } from "./changes.ts";

/** Credits drop, or are gone. */
export const CREDIT_CASES: readonly Case[] = [
  one(
    "an agent spends more",
    "credits_drop",
    moved("usage", "-9000000", "Night agent", 900),
    "hosted_agent_use",
  ),
  one(
    "prices rose",
    "credits_drop",
    (e) => {
      const [used] = inside(e.billing.movements);
      if (used) Object.assign(used, { nowMicros: "0", count: 0 });
      inside(e.billing.movements).push({
        kind: "usage",
        agentId: "agt_1",
        agentName: "Desk agent",
        priceVersion: "team@2",
        nowMicros: "-4000000",
        beforeMicros: "0",
        count: 100,
        countBefore: 0,
        txIds: [],
      });
    },
    "price_change",
  ),
  one("credits expired", "credits_drop", moved("expiry", "-20000000"), "credits_expired"),
  one("a payment is disputed", "credits_drop", moved("dispute", "-25000000"), "refund_or_dispute"),
  one(
    "costs were told late",
    "credits_drop",
    all(moved("usage_event", "-9000000", "Desk agent 2", 10), (e) => {
      e.billing.late = collected({ count: 10, micros: "9000000" });
    }),
    "late_events",
  ),
  one(
    "no credits are left",
    "call_fails",
    all(denied("credits_exhausted"), (e) => {
      Object.assign(inside(e.billing.balance), { availableMicros: "0", heldMicros: "0" });
    }),
    "credits_exhausted",
  ),
  one(
    "a top-up failed",
    "credits_drop",
    (e) => {
      e.billing.payments = collected([
        { kind: "top_up_stopped", detail: "Auto top-up has stopped: the card was declined.", at: AT },
      ]);
    },
    "payment_failed",
  ),
  one(
    "the books drifted",
    "credits_drop",
    (e) => {
      e.billing.reconciliation = collected({ status: "drift", at: AT, drifts: 1 });
    },
    "ledger_drift",
  ),
  one(
    "usage is not settled",
    "credits_drop",
    (e) => {
      e.billing.metering = collected({ waiting: 3, oldestAt: AT, isStale: true });
    },
    "metering_stale",
  ),
  one("budgets could not be asked", "agent_fails", denied("budget_unavailable"), "metering_stale"),
];
