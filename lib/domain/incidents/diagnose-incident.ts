import type { IncidentDetail } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { describeDetail } from "./describe-incidents.ts";
import { type Diagnose, diagnoseSubject, questionAbout } from "./diagnose-subject.ts";
import { getIncidentRow, IncidentRef } from "./incident-row.ts";

/**
 * Collects fresh evidence and judges it; the diagnoses before it stay. Throws `limit_reached` when the incident has as many
 * as are kept, and what made a diagnosis fail.
 */
export const diagnoseIncidentWith = (diagnose: Diagnose) =>
  workflow({
    name: "incident.diagnose",
    scope: "incidents:write",
    input: IncidentRef,
    run: async (ctx, { incident }): Promise<IncidentDetail> => {
      const { db } = ctx.database;
      const row = await getIncidentRow(db, ctx.organization.id, incident);
      const after = await diagnoseSubject(ctx, row, questionAbout(row), diagnose);
      return describeDetail({ ...ctx, db }, after);
    },
  });
