import type { CheckResult, Diagnosis, Evidence } from "#lib/contract/index.ts";
import type { Asked, EvidencePart } from "./check.ts";
import { isCollected, partOf, valueIn } from "./facts/collected.ts";
import { checkWords, partWords } from "./facts/part-words.ts";
import { workedThen } from "./facts/past.ts";
import { said } from "./facts/words.ts";

type Missing = Diagnosis["missing"][number];

/** Something that must be known before anybody may say that all is well. */
interface Requirement {
  readonly part: EvidencePart;
  /** Whether it is known to be well; a part that is missing never is. */
  isMet(evidence: Evidence): boolean;
  readonly why: string;
  readonly how: string;
}

const collected = (part: EvidencePart): Requirement => ({
  part,
  isMet: (evidence) => isCollected(evidence, part),
  why: "It was not collected.",
  how: "Ask again.",
});
const callsOk = ({ logs }: Evidence): number => valueIn(logs.counts)?.now.callsOk ?? 0;

/** A window that ended longer ago than it lasts: how the server is now says nothing about then. */
const isLongAgo = ({ window, collectedAt }: Evidence): boolean => {
  const [from, to, now] = [window.from, window.to, collectedAt].map(Date.parse) as [number, number, number];
  return now - to > to - from;
};
const serves: Requirement = {
  part: "smoke.modern",
  isMet: (evidence) =>
    callsOk(evidence) > 0 ||
    (!isLongAgo(evidence) &&
      [evidence.smoke.modern, evidence.smoke.legacy].some((era) => valueIn(era)?.status === "passed")),
  why: "The server was not asked, and no call of the window went well.",
  how: "Let a fresh probe be made, or choose a window in which somebody called.",
};
const callsWork: Requirement = {
  part: "logs.counts",
  isMet: (evidence) => valueIn(evidence.smoke.canary)?.status === "passed" || callsOk(evidence) > 0,
  why: "No call of the window went well, and no canary was called.",
  how: "Declare a canary, a read-only tool that may be called at any time, or choose a window in which somebody called.",
};
/** Calls are counted by outcome also where nothing of them is kept: then it is known that some failed, and not why. */
const failuresKept: Requirement = {
  part: "logs.errors",
  isMet: ({ subject: { server }, logs }) => {
    if (server === null || server.retentionDays > 0) return true;
    const outcomes = Object.entries(valueIn(logs.counts)?.now.byOutcome ?? {});
    return outcomes.every(([outcome, count]) => outcome === "ok" || outcome === "canceled" || count === 0);
  },
  why: "Calls failed, and nothing of them is kept: the server's log retention is 0 days.",
  how: "Raise the retention in the settings of the server, and ask again once calls failed.",
};
const agentWorks: Requirement = {
  part: "smoke.asAgent",
  isMet: ({ smoke, budget }) =>
    valueIn(smoke.asAgent)?.status === "passed" || (valueIn(budget.calls)?.callsOk ?? 0) > 0,
  why: "Nobody looked through the agent's door, and no call of it went well in the window.",
  how: "Let a fresh probe be made, which needs the scope checks:run.",
};
const measured: Requirement = {
  part: "logs.hops",
  isMet: ({ logs }) => {
    const hops = valueIn(logs.hops);
    return hops !== null && hops.now.totalP95Ms !== null && hops.before.totalP95Ms !== null;
  },
  why: "There are no calls in the window or none before it to compare with.",
  how: "Choose a window in which somebody called, with calls just before it.",
};

function requirementsOf(evidence: Evidence, { symptom }: Asked): readonly Requirement[] {
  const { server, agent } = evidence.subject;
  const agents =
    agent === null
      ? []
      : [collected("budget.agent"), ...(server === null ? [] : [collected("budget.tools"), agentWorks])];
  switch (symptom) {
    case "empty_logs":
      return [collected("logs.counts"), collected("gateway.decisions"), collected("logs.pipeline")];
    case "agent_fails":
      return [collected("logs.counts"), serves, failuresKept, collected("gateway.decisions"), ...agents];
    case "usage_spike":
      return [collected("usage.comparisons"), collected("usage.repeats")];
    case "credits_drop":
      return [collected("billing.movements"), collected("billing.balance"), collected("billing.late")];
    case "call_fails":
      return [
        collected("logs.errors"),
        collected("logs.counts"),
        collected("gateway.decisions"),
        failuresKept,
        callsWork,
      ];
    case "slow":
      return [measured];
    case "auth_burst":
      return [collected("gateway.decisions"), collected("logs.counts"), failuresKept];
    case "one_region_or_version":
      return [collected("hosting.regions"), collected("usage.comparisons")];
    case null:
      if (server !== null) return [collected("logs.counts"), serves, failuresKept, ...agents];
      return agent === null ? [collected("usage.comparisons"), collected("billing.balance")] : agents;
  }
}

/** What is not known well enough to say that all is well: parts that decide, and findings that no cause explains. */
export function whatIsUndecided(
  evidence: Evidence,
  asked: Asked,
  results: readonly CheckResult[],
): (Missing & { headline: string })[] {
  const unmet = requirementsOf(evidence, asked)
    .filter((requirement) => !requirement.isMet(evidence))
    .map(({ part, why, how }) => missingPart(evidence, part) ?? { part: partWords(part), why, how });
  const isAboutMoney =
    asked.symptom === "credits_drop" || (asked.symptom === null && evidence.subject.server === null);
  const unexplained = results.filter(
    ({ status, stage }) =>
      status === "fail" &&
      (stage !== "usage_billing" || isAboutMoney) &&
      !(stage === "smoke" && workedThen(evidence)),
  );
  return [
    ...unmet.map((part) => ({ ...part, headline: part.why })),
    ...unexplained.map((check) => {
      const why = `It failed, and nothing that was seen says why: ${check.finding}`;
      return {
        part: checkWords(check),
        why,
        how: "Look at what it stands on.",
        // Whoever reads the headline need not be allowed to see amounts.
        headline: check.id.startsWith("billing.") ? "Something in billing is not explained." : why,
      };
    }),
  ];
}

const HOW = {
  timeout: "Ask again; a shorter window is faster to read.",
  failed: "Ask again. If it stays so, the log of the web process says more.",
  not_allowed: "Let somebody ask who may see it.",
} as const;

function missingPart(evidence: Evidence, part: EvidencePart): Missing | null {
  const section = partOf(evidence, part);
  if (section.status !== "missing") return null;
  const { reason, message } = section;
  return {
    part: partWords(part),
    why: said(message === "" ? reason : message, 400),
    how: reason === "not_applicable" ? "Name what it is about." : HOW[reason],
  };
}

/** Parts that were to be collected and are not. What does not apply is not missing. */
export function missingParts(evidence: Evidence): Missing[] {
  const groups = ["smoke", "hosting", "logs", "gateway", "usage", "billing", "budget"] as const;
  return groups.flatMap((group) =>
    Object.keys(evidence[group])
      .sort()
      .flatMap((name) => {
        const part = `${group}.${name}` as EvidencePart;
        const section = partOf(evidence, part);
        return section.status === "missing" && section.reason !== "not_applicable"
          ? (missingPart(evidence, part) ?? [])
          : [];
      }),
  );
}
