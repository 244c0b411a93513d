import {
  type CheckResult,
  type Diagnosis,
  type Evidence,
  STAGES,
  VERDICTS,
  type Verdict,
  type VerdictCode,
} from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Asked } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { missingParts, whatIsUndecided } from "./enough-evidence.ts";
import { evidenceSha256 } from "./evidence-digest.ts";
import { counted, said } from "./facts/words.ts";
import { nameCauses } from "./name-causes.ts";
import { symptomOf } from "./rules/order.ts";
import { runChecks } from "./run-checks.ts";

const { candidatesMax, textCharactersMax } = limits.incidents;
const NAME_CHARACTERS_MAX = 300;

/**
 * What the evidence says is wrong. Pure: the same evidence and question give the same diagnosis, byte for byte as canonical
 * JSON. It never blames from what is missing: without a cause it says `healthy` only when what decides was collected and is
 * well, else it abstains and says what is missing.
 */
export function diagnose(evidence: Evidence, asked: Asked): Diagnosis {
  const results = runChecks(CHECKS, evidence, asked);
  const causes = nameCauses(evidence, asked, results);
  const [verdict = null, ...others] = causes;
  const undecided = verdict === null ? whatIsUndecided(evidence, asked, results) : [];
  const status = verdict !== null ? "fault" : undecided.length > 0 ? "abstained" : "healthy";
  const { server, agent, tool, client } = evidence.subject;
  return {
    schema: 1,
    status,
    headline: said(headlineOf(status, verdict, others, undecided, evidence), textCharactersMax),
    verdict,
    alternatives: others.slice(0, candidatesMax),
    ruledOut: ruledOut(results, causes),
    missing: withoutRepeats([
      ...undecided.map(({ part, why, how }) => ({ part, why, how })),
      ...missingParts(evidence),
    ]),
    symptom: asked.symptom ?? (verdict === null ? null : symptomOf(verdict.code)),
    stages: STAGES.map((stage) => {
      const checks = results.filter((result) => result.stage === stage);
      return { stage, status: worstOf(checks), checks };
    }),
    subject: {
      server: server && { id: server.id, slug: server.slug, name: said(server.name, NAME_CHARACTERS_MAX) },
      agent: agent && { id: agent.id, name: said(agent.name, NAME_CHARACTERS_MAX) },
      tool: tool === null ? null : said(tool, NAME_CHARACTERS_MAX),
      client: client === null ? null : said(client, NAME_CHARACTERS_MAX),
    },
    at: evidence.at,
    window: { from: evidence.window.from, to: evidence.window.to },
    collectedAt: evidence.collectedAt,
    evidenceSha256: evidenceSha256(evidence),
  };
}

const WORST_FIRST = ["fail", "warn", "unknown", "pass", "skipped"] as const;
const worstOf = (checks: readonly CheckResult[]): (typeof WORST_FIRST)[number] =>
  WORST_FIRST.find((status) => checks.some((check) => check.status === status)) ?? "skipped";

/** Causes that a passing check excludes and that nothing speaks for, in the order in which all causes are listed. */
function ruledOut(results: readonly CheckResult[], causes: readonly Verdict[]): VerdictCode[] {
  const out = new Set(results.flatMap(({ rulesOut }) => rulesOut));
  const named = new Set(causes.map(({ code }) => code));
  const supported = new Set(results.flatMap(({ supports }) => supports));
  return VERDICTS.filter((code) => out.has(code) && !named.has(code) && !supported.has(code));
}

function headlineOf(
  status: Diagnosis["status"],
  verdict: Verdict | null,
  others: readonly Verdict[],
  undecided: ReturnType<typeof whatIsUndecided>,
  evidence: Evidence,
): string {
  const { server, agent } = evidence.subject;
  const what =
    server === null ? (agent === null ? "the organization" : said(agent.name, 80)) : said(server.name, 80);
  if (verdict !== null) {
    const certain = others.filter(({ confidence }) => confidence === "certain").length;
    const more =
      verdict.confidence === "certain" && certain > 0 ? ` ${counted(certain, "more cause")} below.` : "";
    return `${verdict.sentence.slice(0, textCharactersMax - 40)}${more}`;
  }
  if (status === "healthy") return `Nothing is wrong with ${what}: everything that was looked at works.`;
  const [first] = undecided;
  return `Not enough evidence about ${what}${first === undefined ? "" : `: ${first.headline}`}`;
}

function withoutRepeats(missing: Diagnosis["missing"]): Diagnosis["missing"] {
  return [...new Map([...missing].reverse().map((one) => [one.part, one])).values()].reverse();
}
