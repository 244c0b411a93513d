import type { CheckResult, Evidence, EvidenceRef } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Asked, Check, CheckAnswer } from "./check.ts";
import { partOf } from "./facts/collected.ts";
import { said, sentence } from "./facts/words.ts";

const { textCharactersMax, refsPerFindingMax } = limits.incidents;
const ID_CHARACTERS_MAX = 300;
const PATH_CHARACTERS_MAX = 500;

/**
 * The answers of all checks, in their order. A check whose needs are missing is not run: `skipped` where none of it applies,
 * else `unknown`. Throws when a check fails or warns without naming what it stands on: that is a defect of the check.
 */
export const runChecks = (checks: readonly Check[], evidence: Evidence, asked: Asked): CheckResult[] =>
  checks.map((check) => {
    const answer = withoutNeeds(check, evidence) ?? check.run(evidence, asked);
    const isFinding = answer.status === "fail" || answer.status === "warn";
    if (isFinding && answer.evidence.length === 0)
      throw new Error(`The check ${check.id} found something and does not say where.`);
    return {
      id: check.id,
      stage: check.stage,
      title: check.title,
      status: answer.status,
      lookedAt: said(answer.lookedAt, textCharactersMax),
      finding: sentence(answer.finding, textCharactersMax),
      evidence: answer.evidence.slice(0, refsPerFindingMax).map(safeRef),
      supports: isFinding ? [...new Set(answer.supports ?? [])] : [],
      rulesOut: answer.status === "pass" ? [...new Set(answer.rulesOut ?? [])] : [],
      fix: isFinding ? (answer.fix ?? []).map((text) => said(text, textCharactersMax)) : [],
    };
  });

function withoutNeeds(check: Check, evidence: Evidence): CheckAnswer | null {
  const sections = check.needs.map((part) => partOf(evidence, part));
  const missing = sections.flatMap((section) => (section.status === "missing" ? [section] : []));
  // What does not apply at all says so, whatever else is missing.
  const first = missing.find(({ reason }) => reason === "not_applicable") ?? missing[0];
  if (first === undefined) return null;
  return {
    status: first.reason === "not_applicable" ? "skipped" : "unknown",
    lookedAt: check.title,
    finding: first.message === "" ? "This part of the evidence is missing." : first.message,
    evidence: [],
  };
}

/** References hold names of strangers too. */
const safeRef = ({ kind, id, label, at, path }: EvidenceRef): EvidenceRef => ({
  kind,
  id: said(id, ID_CHARACTERS_MAX),
  label: said(label, textCharactersMax),
  at,
  path: path === null || path.length > PATH_CHARACTERS_MAX ? null : path,
});
