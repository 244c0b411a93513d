import { Bot, KeyRound, type LucideIcon, Tag, User, Users } from "lucide-react";
import type { AccessMethod, Grant, GrantSubject } from "#lib/contract/index.ts";

type SubjectKind = GrantSubject["kind"];

interface SubjectLook {
  readonly icon: LucideIcon;
  /** What kind of caller, beside its name. */
  readonly kind: string;
  /** The way in that such a caller needs; null: any. */
  readonly needs: AccessMethod | null;
}

/** Whom a grant can be for, in words. */
export const SUBJECT_LOOK: Readonly<Record<SubjectKind, SubjectLook>> = {
  everyone: { icon: Users, kind: "whoever gets in", needs: null },
  key: { icon: KeyRound, kind: "key", needs: "key" },
  agent: { icon: Bot, kind: "agent", needs: "key" },
  oauth_subject: { icon: User, kind: "OAuth subject", needs: "oauth" },
  oauth_claim: { icon: Tag, kind: "OAuth claim", needs: "oauth" },
};

/** The kinds that a new grant offers, with their labels in the form. */
export const SUBJECT_CHOICES = [
  { kind: "everyone", label: "Everyone who gets in" },
  { kind: "agent", label: "An agent" },
  { kind: "key", label: "A key" },
  { kind: "oauth_subject", label: "An OAuth subject" },
  { kind: "oauth_claim", label: "Holders of an OAuth claim" },
] as const satisfies readonly { kind: SubjectKind; label: string }[];
export type ChosenSubjectKind = (typeof SUBJECT_CHOICES)[number]["kind"];

/** True when nobody can match the grant, because the way in that its subject needs is off. */
export const isUnreachable = (
  { subject }: Pick<Grant, "subject">,
  access: readonly AccessMethod[],
): boolean => {
  const { needs } = SUBJECT_LOOK[subject.kind];
  return needs !== null && !access.includes(needs);
};
