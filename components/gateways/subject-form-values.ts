import type { GrantSubject } from "#lib/contract/index.ts";
import type { ChosenSubjectKind } from "./grant-subjects.ts";

/** Whom a new grant is for, as its form holds it. */
export interface SubjectFormValues {
  readonly kind: ChosenSubjectKind;
  readonly keyId: string;
  readonly agentId: string;
  readonly subject: string;
  readonly claim: string;
  readonly value: string;
}

export const NEW_SUBJECT: SubjectFormValues = {
  kind: "everyone",
  keyId: "",
  agentId: "",
  subject: "",
  claim: "",
  value: "",
};

/** What the API is told; it decides whether it is valid. */
export function subjectOf({ kind, keyId, agentId, subject, claim, value }: SubjectFormValues): GrantSubject {
  switch (kind) {
    case "everyone":
      return { kind };
    case "key":
      return { kind, keyId };
    case "agent":
      return { kind, agentId };
    case "oauth_subject":
      return { kind, subject: subject.trim() };
    case "oauth_claim":
      return { kind, claim: claim.trim(), value: value.trim() };
  }
}
