import { z } from "zod";
import type { EvidenceReplay } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { query } from "../access/index.ts";
import { diagnose } from "../diagnosis/index.ts";
import { withoutMoney } from "./hide-money.ts";
import { getIncidentRow, IncidentRef, symptomOf } from "./incident-row.ts";
import { readDiagnosed } from "./stored-diagnoses.ts";

/**
 * Judges saved evidence again, as the engine judges now: it says the same of the same evidence, so a difference comes from
 * another release. Changes nothing. Without `billing:read` what is about money is hidden, after it was judged.
 */
export const replayEvidence = query({
  name: "incidentEvidence.replay",
  scope: "incidents:read",
  input: IncidentRef.extend({ evidence: z.string().max(100) }),
  run: async (ctx, { incident, evidence: evidenceId }): Promise<EvidenceReplay> => {
    const { db } = ctx.database;
    const row = await getIncidentRow(db, ctx.organization.id, incident);
    if (!isId("evd", evidenceId)) throw notFound("evidence");
    const stored = await readDiagnosed(db, row, evidenceId);
    const diagnosis = diagnose(stored.evidence, { symptom: symptomOf(row) });
    return {
      diagnosis: ctx.scopes.has("billing:read") ? diagnosis : withoutMoney(diagnosis),
      isSame: canonicalJson(diagnosis) === stored.diagnosis,
    };
  },
});
