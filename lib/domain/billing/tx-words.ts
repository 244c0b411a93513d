import type { LedgerCategory, TxType } from "#lib/contract/index.ts";

/** The types that people read. `lease` and `release` only set aside and give back. */
export const CATEGORY_OF: Readonly<Record<TxType, LedgerCategory | null>> = {
  purchase: "purchases",
  refund: "purchases",
  reinstatement: "purchases",
  usage: "usage",
  usage_event: "usage",
  grant: "adjustments",
  expiry: "adjustments",
  adjustment: "adjustments",
  debt_payment: "adjustments",
  lease: null,
  release: null,
};

/** The types of a category. */
export const typesOf = (category: LedgerCategory): string[] =>
  Object.entries(CATEGORY_OF).flatMap(([type, its]) => (its === category ? [type] : []));

const counted = (count: number, one: string): string =>
  `${new Intl.NumberFormat("en-US").format(count)} ${one}${count === 1 ? "" : "s"}`;

/** What a transaction was, in a few words. */
export function describeTx(tx: {
  type: string;
  eventCount: number;
  agentName: string | null;
  reason: string | null;
}): string {
  switch (tx.type) {
    case "usage":
      return `${counted(tx.eventCount, "tool call")}${tx.agentName === null ? "" : ` by ${tx.agentName}`}`;
    case "usage_event":
      return `${counted(tx.eventCount, "external cost")}${tx.agentName === null ? "" : ` of ${tx.agentName}`}`;
    case "grant":
      return tx.reason ?? "Credits granted";
    case "purchase":
      return "Credits bought";
    case "expiry":
      return "Credits expired";
    case "refund":
      return "A payment went back";
    case "reinstatement":
      return "A payment came back";
    case "debt_payment":
      return "Paid what was owed";
    case "lease":
      return "Set aside for calls";
    case "release":
      return "Given back";
    default:
      return tx.reason ?? "Adjustment";
  }
}
