import type { Evidence, EvidenceSection } from "#lib/contract/index.ts";
import type { EvidencePart } from "../check.ts";

/** What a section holds; null when it is missing, which supports nothing and rules nothing out. */
export const valueIn = <Value>(section: EvidenceSection<Value>): Value | null =>
  section.status === "collected" ? section.value : null;

/** Sections that were to be read and could not be: what they would have said may speak against a cause. */
export const isUnread = (...sections: readonly EvidenceSection<unknown>[]): boolean =>
  sections.some(
    (section) =>
      section.status === "missing" && (section.reason === "timeout" || section.reason === "failed"),
  );

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
