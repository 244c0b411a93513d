import type { CreditExplanation, CreditReason } from "#lib/contract/index.ts";

/** Where the evidence of a reason is: the calls in the request log, one transaction, or the debits in the ledger; null for what has none. */
export function reasonHref(
  org: string,
  reason: CreditReason,
  { from, to }: CreditExplanation["window"],
): string | null {
  if (reason.kind === "usage" && reason.serverSlug !== null) {
    const search = new URLSearchParams({ window: "custom", from, to });
    if (reason.tool !== null) search.set("tool", reason.tool);
    if (reason.agentId !== null) search.set("agent", reason.agentId);
    return `/${org}/servers/${reason.serverSlug}/logs?${search}`;
  }
  const billing = `/${org}/settings/billing`;
  if (reason.txId !== null) return `${billing}?tx=${reason.txId}`;
  const category = CATEGORY_OF[reason.kind];
  if (category === undefined) return null;
  const search = new URLSearchParams({ category, from, to });
  if (reason.agentId !== null) search.set("agent", reason.agentId);
  return `${billing}?${search}#ledger`;
}

const CATEGORY_OF: Readonly<Record<string, string>> = {
  usage: "usage",
  external: "usage",
  usage_event: "usage",
  price_change: "usage",
  late_events: "usage",
  settled_late: "usage",
  purchase: "purchases",
  refund: "purchases",
  reinstatement: "purchases",
  grant: "adjustments",
  expiry: "adjustments",
  adjustment: "adjustments",
};
