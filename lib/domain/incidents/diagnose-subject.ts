import { z } from "zod";
import type { DiagnoseInput, Diagnosis, Evidence } from "#lib/contract/index.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, command } from "../access/index.ts";
import { isBusy } from "../diagnosis/index.ts";
import { isAboutMoney } from "./hide-money.ts";
import { tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef, type IncidentRow, symptomOf } from "./incident-row.ts";
import { packEvidence, storeDiagnosis } from "./stored-diagnoses.ts";

/** Collects evidence and judges it; `diagnoseNow` of the engine. */
export type Diagnose = (
  ctx: Ctx,
  input: DiagnoseInput,
) => Promise<{ evidence: Evidence; diagnosis: Diagnosis }>;

/** Later writes of a workflow are told apart by what they hold: an idempotency key reaches only its first one. */
export const withoutKey = ({ idempotency: _key, ...ctx }: Ctx): Ctx => ctx;

const saveDiagnosis = command({
  name: "incident.saveDiagnosis",
  scope: "incidents:write",
  input: IncidentRef.extend({
    packed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    diagnosis: z.custom<Diagnosis>((value) => typeof value === "object" && value !== null),
  }),
  run: async (ctx, { incident, packed, diagnosis }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    const evidenceId = await storeDiagnosis(ctx, row, { packed, diagnosis });
    const after = await changeIncident(ctx, row, {
      diagnosisStatus: diagnosis.status,
      headline: diagnosis.headline,
      verdict: diagnosis.verdict?.code ?? null,
    });
    await tellEvent(ctx, row, {
      kind: "diagnosed",
      text: wordsOf(diagnosis),
      path: `/incidents/${row.number}`,
    });
    return {
      value: after,
      audit: {
        entity: "incident",
        entityId: row.id,
        after: { evidenceId, status: diagnosis.status, verdict: diagnosis.verdict?.code ?? null },
      },
    };
  },
});

const tellFailure = command({
  name: "incident.diagnosisFailed",
  scope: "incidents:write",
  input: IncidentRef.extend({ message: z.string() }),
  run: async (ctx, { incident, message }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    await tellEvent(ctx, row, { kind: "diagnosed", text: `The diagnosis failed: ${message}` });
    return { value: row, audit: { entity: "incident", entityId: row.id, after: { failed: message } } };
  },
});

/** Whoever reads the events need not be allowed to see billing. */
const wordsOf = ({ status, headline, verdict }: Diagnosis): string => {
  if (isAboutMoney(verdict?.code ?? null)) return "Diagnosed: the cause lies in billing.";
  return status === "fault" ? `Diagnosed: ${headline}` : headline;
};

/** What is asked about an incident again: the same subject; now, or the moment in the past that it is about. */
export function questionAbout(row: IncidentRow): DiagnoseInput {
  const symptom = symptomOf(row);
  const isPast = row.at.getTime() < row.openedAt.getTime() - limits.incidents.futureMsMax;
  return {
    ...(row.serverId !== null && { server: row.serverId }),
    ...(row.agentId !== null && { agent: row.agentId }),
    ...(row.tool !== null && { tool: row.tool }),
    ...(row.client !== null && { client: row.client }),
    ...(row.requestId !== null && { requestId: row.requestId }),
    ...(symptom !== null && { symptom }),
    ...(isPast && { at: row.at.toISOString() }),
    windowMs: row.windowTo.getTime() - row.windowFrom.getTime(),
  };
}

/**
 * Makes a diagnosis of the incident and keeps it with its evidence. A diagnosis that fails, e.g. because the database is slow,
 * leaves the incident as it was with an event that says why, and is thrown; one that had to wait for others is thrown alone.
 */
export async function diagnoseSubject(
  ctx: Ctx,
  row: IncidentRow,
  input: DiagnoseInput,
  diagnose: Diagnose,
): Promise<IncidentRow> {
  const later = withoutKey(ctx);
  try {
    const { evidence, diagnosis } = await diagnose(later, input);
    return await saveDiagnosis(later, { incident: row.id, packed: await packEvidence(evidence), diagnosis });
  } catch (error) {
    const failure = toDomainError(error);
    // Nothing was looked at: it is no diagnosis that failed, and no try.
    if (isBusy(failure)) throw failure;
    ctx.log.warn({ err: error, incidentId: row.id }, "an incident could not be diagnosed");
    await tellFailure(later, { incident: row.id, message: failure.message });
    throw new DomainError(failure.code, failure.message, { cause: error, retryable: failure.retryable });
  }
}
