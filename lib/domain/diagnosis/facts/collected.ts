import type { Evidence, EvidenceSection } from "#lib/contract/index.ts";
import type { EvidencePart } from "../check.ts";

/** What a section holds; null when it is missing, which supports nothing and rules nothing out. */
export const valueIn = <Value>(section: EvidenceSection<Value>): Value | null =>
  section.status === "collected" ? section.value : null;

/** A section by its path. */
export function partOf(evidence: Evidence, part: EvidencePart): EvidenceSection<unknown> {
  const [group = "", name = ""] = part.split(".");
  const sections = evidence[group as keyof Evidence] as unknown as Record<string, EvidenceSection<unknown>>;
  const section = sections[name];
  if (section === undefined) throw new Error(`There is no part ${part} of evidence.`);
  return section;
}

export const isCollected = (evidence: Evidence, part: EvidencePart): boolean =>
  partOf(evidence, part).status === "collected";
