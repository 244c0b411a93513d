import { and, asc, eq } from "drizzle-orm";
import { incidentEvents } from "#drizzle/schema/index.ts";
import type { IncidentEvent } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { actorNames } from "../servers/index.ts";
import { toEvent } from "./incident-events.ts";
import { getIncidentRow, IncidentRef, type IncidentRow } from "./incident-row.ts";

/** What happened in an incident, oldest first, in the order of time. */
export const listIncidentEvents = query({
  name: "incidentEvent.list",
  scope: "incidents:read",
  input: IncidentRef,
  run: async (ctx, { incident }): Promise<IncidentEvent[]> => {
    const { db } = ctx.database;
    return readEvents(db, await getIncidentRow(db, ctx.organization.id, incident));
  },
});

export async function readEvents(
  db: Db,
  { organizationId, id }: Pick<IncidentRow, "organizationId" | "id">,
): Promise<IncidentEvent[]> {
  const rows = await db
    .select()
    .from(incidentEvents)
    .where(and(eq(incidentEvents.organizationId, organizationId), eq(incidentEvents.incidentId, id)))
    .orderBy(asc(incidentEvents.at), asc(incidentEvents.id))
    .limit(limits.incidents.eventsPerIncidentMax);
  const names = await actorNames(
    db,
    rows.flatMap(({ actor }) => actor ?? []),
  );
  return rows.map((row) => toEvent(row, names));
}
