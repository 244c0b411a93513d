import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { and, count, desc, eq, sql } from "drizzle-orm";
import { incidentEvidence } from "#drizzle/schema/index.ts";
import { Diagnosis, Evidence, type IncidentDetail } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx, System } from "../access/index.ts";
import { evidenceWithoutMoney, isAboutMoney, withoutMoney } from "./hide-money.ts";
import type { IncidentRow } from "./incident-row.ts";

type Reader = Pick<Ctx, "scopes"> & { readonly db: Db };
type Place = Pick<IncidentRow, "organizationId" | "id">;

const pack = promisify(deflate);
const unpack = promisify(inflate);

/** Evidence as it is stored: canonical, so that equal evidence has equal bytes. Throws `payload_too_large`. */
export async function packEvidence(evidence: Evidence): Promise<Buffer> {
  const text = Buffer.from(canonicalJson(evidence));
  if (text.byteLength > limits.incidents.evidenceBytesMax)
    throw new DomainError(
      "payload_too_large",
      `The evidence has ${text.byteLength} bytes, more than the ${limits.incidents.evidenceBytesMax} that are kept. Diagnose a shorter window.`,
    );
  return pack(text);
}

/** Stores a diagnosis with its evidence. Throws `limit_reached` when the incident has as many as are kept. */
export async function storeDiagnosis(
  { db, ids }: Pick<System, "ids"> & { readonly db: Db },
  place: Place,
  { packed, diagnosis }: { packed: Uint8Array; diagnosis: Diagnosis },
): Promise<string> {
  const [stored] = await db
    .select({ rows: count() })
    .from(incidentEvidence)
    .where(eq(incidentEvidence.incidentId, place.id));
  const max = limits.incidents.evidencePerIncidentMax;
  if ((stored?.rows ?? 0) >= max)
    throw new DomainError(
      "limit_reached",
      `This incident has ${max} diagnoses, the most it may have. Open another incident.`,
    );
  const id = ids.id("evd");
  await db.insert(incidentEvidence).values({
    organizationId: place.organizationId,
    id,
    incidentId: place.id,
    evidence: packed,
    diagnosis: canonicalJson(diagnosis),
    sha256: diagnosis.evidenceSha256,
    collectedAt: new Date(diagnosis.collectedAt),
  });
  return id;
}

/** Every diagnosis of an incident, newest first, and the newest in full. */
export async function listDiagnoses(
  { db, scopes }: Reader,
  place: Place,
): Promise<Pick<IncidentDetail, "diagnosis" | "evidence">> {
  const ofIncident = and(
    eq(incidentEvidence.organizationId, place.organizationId),
    eq(incidentEvidence.incidentId, place.id),
  );
  const [rows, newest] = await Promise.all([
    db
      .select({
        id: incidentEvidence.id,
        at: incidentEvidence.collectedAt,
        sha256: incidentEvidence.sha256,
        status: sql<string>`${incidentEvidence.diagnosis}::jsonb ->> 'status'`,
        headline: sql<string>`${incidentEvidence.diagnosis}::jsonb ->> 'headline'`,
        verdict: sql<string | null>`${incidentEvidence.diagnosis}::jsonb -> 'verdict' ->> 'code'`,
      })
      .from(incidentEvidence)
      .where(ofIncident)
      .orderBy(desc(incidentEvidence.id))
      .limit(limits.incidents.evidencePerIncidentMax),
    newestDiagnosis(db, place),
  ]);
  const seesMoney = scopes.has("billing:read");
  return {
    diagnosis: newest === null || seesMoney ? newest : withoutMoney(newest),
    evidence: rows.map(({ verdict, at, ...row }) => ({
      ...row,
      at: at.toISOString(),
      ...(!seesMoney &&
        isAboutMoney(verdict) && { status: "abstained", headline: "You may not see billing." }),
    })),
  };
}

/** The newest diagnosis as it was made, money included. */
export async function newestDiagnosis(db: Db, place: Place): Promise<Diagnosis | null> {
  const [row] = await db
    .select({ diagnosis: incidentEvidence.diagnosis })
    .from(incidentEvidence)
    .where(
      and(
        eq(incidentEvidence.organizationId, place.organizationId),
        eq(incidentEvidence.incidentId, place.id),
      ),
    )
    .orderBy(desc(incidentEvidence.id))
    .limit(1);
  return row ? Diagnosis.parse(JSON.parse(row.diagnosis)) : null;
}

/** Saved evidence, by id or the newest, as its reader may see it. Throws `not_found`. */
export async function readEvidence(
  { db, scopes }: Reader,
  place: Place,
  evidenceId: string | null,
): Promise<Evidence> {
  const { evidence } = await readDiagnosed(db, place, evidenceId);
  return scopes.has("billing:read") ? evidence : evidenceWithoutMoney(evidence);
}

/** Saved evidence, by id or the newest, with the text of the diagnosis that was made from it: money included. Throws `not_found`. */
export async function readDiagnosed(
  db: Db,
  place: Place,
  evidenceId: string | null,
): Promise<{ evidence: Evidence; diagnosis: string }> {
  const [row] = await db
    .select({ evidence: incidentEvidence.evidence, diagnosis: incidentEvidence.diagnosis })
    .from(incidentEvidence)
    .where(
      and(
        eq(incidentEvidence.organizationId, place.organizationId),
        eq(incidentEvidence.incidentId, place.id),
        evidenceId === null ? undefined : eq(incidentEvidence.id, evidenceId),
      ),
    )
    .orderBy(desc(incidentEvidence.id))
    .limit(1);
  if (!row) throw notFound("evidence");
  const text = await unpack(row.evidence, { maxOutputLength: limits.incidents.evidenceBytesMax });
  return { evidence: Evidence.parse(JSON.parse(text.toString("utf8"))), diagnosis: row.diagnosis };
}
