import { z } from "zod";
import type { Evidence } from "#lib/contract/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { query, requireScope } from "../access/index.ts";
import { getIncidentRow, IncidentRef } from "./incident-row.ts";
import { readEvidence } from "./stored-diagnoses.ts";

/**
 * What one diagnosis was made of, as it was saved. Without `billing:read` its parts of billing are missing. It holds rows of
 * logs, so it needs `logs:read` as well.
 */
export const getIncidentEvidence = query({
  name: "incidentEvidence.get",
  scope: "incidents:read",
  input: IncidentRef.extend({ evidence: z.string().max(100) }),
  run: async (ctx, { incident, evidence }): Promise<Evidence> => {
    requireScope(ctx, "logs:read");
    const { db } = ctx.database;
    const row = await getIncidentRow(db, ctx.organization.id, incident);
    if (!isId("evd", evidence)) throw notFound("evidence");
    return readEvidence({ ...ctx, db }, row, evidence);
  },
});
