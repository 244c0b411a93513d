import { and, eq } from "drizzle-orm";
import { grants } from "#drizzle/schema/index.ts";
import type { GrantSubject } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import type { GatewayRow } from "./gateway-row.ts";

export type GrantRow = typeof grants.$inferSelect;
type StoredSubject = Pick<GrantRow, "subjectKind" | "subjectClaim" | "subjectValue">;

/** One grant of a gateway. Throws `not_found`. `lock` holds the row until the transaction ends. */
export async function getGrantRow(db: Db, gateway: GatewayRow, grantId: string): Promise<GrantRow> {
  const [row] = await db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.organizationId, gateway.organizationId),
        eq(grants.gatewayId, gateway.id),
        eq(grants.id, grantId),
      ),
    )
    .for("update");
  if (!row) throw notFound("grant");
  return row;
}

/** A subject as its three columns. */
export function storedSubject(subject: GrantSubject): StoredSubject {
  const stored = { subjectKind: subject.kind, subjectClaim: null, subjectValue: null };
  switch (subject.kind) {
    case "everyone":
      return stored;
    case "key":
      return { ...stored, subjectValue: subject.keyId };
    case "agent":
      return { ...stored, subjectValue: subject.agentId };
    case "oauth_subject":
      return { ...stored, subjectValue: subject.subject };
    case "oauth_claim":
      return { ...stored, subjectClaim: subject.claim, subjectValue: subject.value };
  }
}

/** The subject of a row; null for one that this version does not know, which therefore allows nobody. */
export function subjectOf(row: StoredSubject): GrantSubject | null {
  const value = row.subjectValue ?? "";
  switch (row.subjectKind) {
    case "everyone":
      return { kind: "everyone" };
    case "key":
      return { kind: "key", keyId: value };
    case "agent":
      return { kind: "agent", agentId: value };
    case "oauth_subject":
      return { kind: "oauth_subject", subject: value };
    case "oauth_claim":
      return { kind: "oauth_claim", claim: row.subjectClaim ?? "", value };
    default:
      return null;
  }
}
