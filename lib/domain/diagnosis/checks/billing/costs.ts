import { microsOf } from "#lib/kernel/money.ts";
import { nothingFound } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { agentsUsingMore, agentUse, isNoticed, priceRise } from "../../facts/money.ts";
import { ledgerRef, ledgerRefs } from "../../facts/refs.ts";
import { counted, listed, said, usd } from "../../facts/words.ts";

export const agents: Check = {
  id: "billing.agents",
  stage: "usage_billing",
  title: "Debits by agent",
  needs: ["billing.movements"],
  run(evidence) {
    const used = agentUse(evidence);
    const lookedAt = "What the calls of each agent cost, against the window before.";
    const more = agentsUsingMore(evidence);
    const [most] = used;
    if (more.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding:
          most === undefined
            ? "No agent spent anything."
            : `${said(most.name, 80)} spent ${usd(most.sum.now)}, ${usd(most.sum.before)} before.`,
        evidence:
          most === undefined
            ? []
            : ledgerRefs("billing.movements", `${said(most.name, 80)}: ${usd(most.sum.now)}`, most.sum),
        rulesOut: ["hosted_agent_use"],
      };
    return {
      status: "warn",
      lookedAt,
      finding: `${listed(more.map(({ name, sum }) => `${said(name, 80)} spent ${usd(sum.now)}, ${usd(sum.before)} before`))}.`,
      evidence: more
        .slice(0, 3)
        .flatMap(({ name, sum }) =>
          ledgerRefs(
            "billing.movements",
            `${said(name, 80)}: ${usd(sum.now)}, ${usd(sum.before)} before`,
            sum,
          ),
        )
        .slice(0, 10),
      supports: ["hosted_agent_use", "late_events", "loop"],
    };
  },
};

export const prices: Check = {
  id: "billing.prices",
  stage: "usage_billing",
  title: "Prices",
  needs: ["billing.movements"],
  run(evidence) {
    const rise = priceRise(evidence);
    const lookedAt = "The price version of the debits, and what a call costs on average.";
    if (rise === null) return nothingFound(lookedAt, "Calls cost what they did.", ["price_change"]);
    return {
      status: "fail",
      lookedAt,
      finding: `A call costs ${usd(rise.now)} at ${said(rise.to, 60)}; it was ${usd(rise.before)} at ${said(rise.from, 60)}.`,
      evidence: [
        ledgerRef(
          `billing.movements.${said(rise.to, 60)}`,
          `${usd(rise.now)} a call, ${usd(rise.before)} before`,
          valueIn(evidence.billing.prices)?.find(({ version }) => version === rise.to)?.effectiveAt,
        ),
      ],
      supports: ["price_change"],
    };
  },
};

export const late: Check = {
  id: "billing.late",
  stage: "usage_billing",
  title: "Late usage",
  needs: ["billing.late"],
  run(evidence) {
    const found = valueIn(evidence.billing.late);
    const lookedAt = "Usage that was booked in the window and happened before it.";
    const micros = found === null ? 0n : microsOf(found.micros);
    const finding =
      found === null || found.count === 0
        ? "None."
        : `${counted(found.count, "event")} over ${usd(micros)} came late.`;
    const isTelling = found !== null && found.count > 0 && isNoticed(evidence, micros);
    return {
      status: isTelling ? "fail" : "pass",
      lookedAt,
      finding,
      evidence: isTelling ? [ledgerRef("billing.late", finding, null, { category: "usage" })] : [],
      supports: ["late_events"],
      rulesOut: isTelling ? [] : ["late_events"],
    };
  },
};
