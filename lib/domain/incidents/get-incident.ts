import type { IncidentDetail } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { describeDetail } from "./describe-incidents.ts";
import { getIncidentRow, IncidentRef } from "./incident-row.ts";

/** One incident by id or number, with its newest diagnosis. */
export const getIncident = query({
  name: "incident.get",
  scope: "incidents:read",
  input: IncidentRef,
  run: async (ctx, { incident }): Promise<IncidentDetail> => {
    const { db } = ctx.database;
    return describeDetail({ ...ctx, db }, await getIncidentRow(db, ctx.organization.id, incident));
  },
});
