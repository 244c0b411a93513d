import type { z } from "zod";
import { microsOf } from "#lib/kernel/money.ts";
import type { FactOfPayment, StoredDisputes, StoredRefunds } from "./payment-facts.ts";

type Refund = z.infer<typeof StoredRefunds>[string];
type Dispute = z.infer<typeof StoredDisputes>[string];

/** All that is known of the money of one payment that went back. */
export interface KnownFacts {
  readonly refundedMicros: bigint;
  readonly refunds: Readonly<Record<string, Refund>>;
  readonly disputes: Readonly<Record<string, Dispute>>;
}

/** A status never goes back to one before it: a refund that failed after it succeeded has failed. */
const REFUND_STATUSES: readonly Refund["status"][] = [
  "pending",
  "requires_action",
  "succeeded",
  "canceled",
  "failed",
];

/**
 * What is known once `fact` is known too. Every part only grows (amounts, statuses in their order, the newest word about
 * a dispute), so facts may come in any order and any number of times: the result is the same.
 */
export function withFact(known: KnownFacts, fact: FactOfPayment, toldAtMs: number): KnownFacts {
  switch (fact.kind) {
    case "refunded":
      return { ...known, refundedMicros: larger(known.refundedMicros, microsOf(fact.refundedMicros)) };
    case "refund": {
      const before = known.refunds[fact.refundRef];
      return {
        ...known,
        refunds: { ...known.refunds, [fact.refundRef]: before ? laterRefund(before, fact) : refundOf(fact) },
      };
    }
    case "dispute": {
      const { amountMicros, withdrawnMicros, reinstatedMicros, status, isOpen } = fact;
      const told = { amountMicros, withdrawnMicros, reinstatedMicros, status, isOpen, toldAtMs };
      const before = known.disputes[fact.disputeRef];
      return {
        ...known,
        disputes: { ...known.disputes, [fact.disputeRef]: before ? laterDispute(before, told) : told },
      };
    }
  }
}

const refundOf = ({ amountMicros, status }: Refund): Refund => ({ amountMicros, status });

function laterRefund(left: Refund, right: Refund): Refund {
  const isLater = REFUND_STATUSES.indexOf(right.status) > REFUND_STATUSES.indexOf(left.status);
  return {
    amountMicros: largerText(left.amountMicros, right.amountMicros),
    status: (isLater ? right : left).status,
  };
}

function laterDispute(left: Dispute, right: Dispute): Dispute {
  const { status, isOpen, toldAtMs } = newerWord(left, right);
  return {
    amountMicros: largerText(left.amountMicros, right.amountMicros),
    withdrawnMicros: largerText(left.withdrawnMicros, right.withdrawnMicros),
    reinstatedMicros: largerText(left.reinstatedMicros, right.reinstatedMicros),
    status,
    isOpen,
    toldAtMs,
  };
}

/** Of two words of one second the one that ends the dispute is newer. */
function newerWord(left: Dispute, right: Dispute): Dispute {
  if (left.toldAtMs !== right.toldAtMs) return left.toldAtMs > right.toldAtMs ? left : right;
  if (left.isOpen !== right.isOpen) return left.isOpen ? right : left;
  return left.status > right.status ? left : right;
}

/**
 * What is refunded. The provider tells it in two ways that may each be ahead of the other: refund by refund, and as a
 * total of the charge, which may or may not have been lowered by refunds that failed.
 */
export function refundedOf({ refunds, refundedMicros }: KnownFacts): bigint {
  let alive = 0n;
  let failed = 0n;
  for (const { amountMicros, status } of Object.values(refunds)) {
    if (status === "failed" || status === "canceled") failed += microsOf(amountMicros);
    else alive += microsOf(amountMicros);
  }
  return larger(alive, refundedMicros - failed);
}

/** What disputes took and did not give back. */
export const disputedOf = ({ disputes }: KnownFacts): bigint =>
  Object.values(disputes).reduce(
    (sum, { withdrawnMicros, reinstatedMicros }) =>
      sum + larger(0n, microsOf(withdrawnMicros) - microsOf(reinstatedMicros)),
    0n,
  );

/** What the ledger must have clawed back of a payment: what went back, at most what was granted. */
export function targetOf(known: KnownFacts, grantedMicros: bigint): bigint {
  const target = refundedOf(known) + disputedOf(known);
  return target < grantedMicros ? target : grantedMicros;
}

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const largerText = (left: string, right: string): string =>
  microsOf(left) >= microsOf(right) ? left : right;
