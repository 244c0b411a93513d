import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { alerts } from "#drizzle/schema/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, type System } from "../access/index.ts";
import { systemCtx } from "../organizations/index.ts";
import { momentOf, openingOf } from "./alert-openings.ts";
import { type Diagnose, diagnoseSubject, questionAbout } from "./diagnose-subject.ts";
import { inTurns } from "./in-turns.ts";
import { tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, type IncidentRow } from "./incident-row.ts";
import { findOrOpen, takeTurn } from "./open-incident.ts";

const { alertsPerSweepMax, alertAgeMsMax, recheckEveryMs, automaticDiagnosesMax } = limits.incidents;

/** Takes one alert up; null when somebody else did. */
const takeUpAlert = command({
  name: "incident.openFromAlert",
  scope: "incidents:write",
  input: z.object({ alert: z.string() }),
  run: async (ctx, { alert: id }) => {
    const organizationId = ctx.organization.id;
    await takeTurn(ctx.db, organizationId);
    const named = and(eq(alerts.organizationId, organizationId), eq(alerts.id, id));
    const [alert] = await ctx.db.select().from(alerts).where(named).for("update");
    if (!alert) throw notFound("alert");
    if (alert.incidentId !== null)
      return {
        value: null,
        audit: { entity: "alert", entityId: id, after: { incidentId: alert.incidentId } },
      };
    const opening = openingOf(alert);
    const { row } = await findOrOpen(ctx, opening, momentOf(alert));
    await ctx.db.update(alerts).set({ incidentId: row.id }).where(named);
    const isWorse = opening.severity === "critical" && row.severity !== "critical";
    await changeIncident(ctx, row, {
      ...(isWorse && { severity: "critical" }),
      ...(row.greenChecks !== null && { greenChecks: 0 }),
    });
    await tellEvent(ctx, row, {
      kind: "alert",
      text: alert.title,
      path: alert.path,
      subjectId: alert.id,
      at: alert.firedAt,
    });
    return {
      value: row.id,
      audit: { entity: "incident", entityId: row.id, after: { alertId: id } },
    };
  },
});

/**
 * Takes up alerts that no incident has yet, in turns between organizations, the oldest of each first: each opens an incident or joins the open one about the same, which
 * then gets a fresh diagnosis, once a minute and `limits.incidents.automaticDiagnosesMax` times at most. Any number of processes may do so at once; each alert is taken up once. What fails is logged and
 * holds up nothing else: an alert stays for the next time, a diagnosis is made again later. Answers how many were taken up.
 */
export const openIncidentsFromAlertsWith =
  (diagnose: Diagnose) =>
  async (system: System, signal: AbortSignal): Promise<number> => {
    const { db } = system.database;
    const waiting = await waitingAlerts(system);
    const touched = new Map<string, string>();
    let taken = 0;
    for (const { id, organizationId } of waiting) {
      if (signal.aborted) break;
      try {
        const ctx = await systemCtx(system, organizationId, "incidents");
        const incidentId = await takeUpAlert(ctx, { alert: id });
        if (incidentId === null) continue;
        taken += 1;
        touched.set(incidentId, organizationId);
      } catch (error) {
        system.log.warn({ err: error, alertId: id }, "an alert could not be taken up by an incident");
      }
    }
    await inTurns(
      [...touched],
      limits.incidents.alertDiagnosesAtOnceMax,
      signal,
      async ([id, organizationId]) => {
        try {
          const ctx = await systemCtx(system, organizationId, "incidents");
          const row = await getIncidentRow(db, organizationId, id);
          if (await isLookedAt(system, row)) return;
          await diagnoseSubject(ctx, row, questionAbout(row), diagnose);
        } catch (error) {
          system.log.warn(
            { err: error, incidentId: id },
            "the diagnosis of an alert failed; it is made again later",
          );
        }
      },
    );
    return taken;
  };

/**
 * What is only to be known, such as half of the credits, is nothing that is wrong. An organization whose alerts cannot be taken
 * up, for it has as many open incidents as it may, holds up no other.
 */
async function waitingAlerts({
  database: { sql },
  clock,
}: System): Promise<readonly { id: string; organizationId: string }[]> {
  const since = new Date(clock.nowMs() - alertAgeMsMax).toISOString();
  return sql`
    select id, organization_id as "organizationId" from (
      select id, organization_id, fired_at, row_number() over (partition by organization_id order by fired_at, id) as turn
      from alerts where incident_id is null and severity <> 'info' and fired_at > ${since}::timestamptz
    ) waiting
    order by turn, fired_at, id limit ${alertsPerSweepMax}`;
}

/** Whether another diagnosis would say the same again, or take the last room from those that people ask for. */
async function isLookedAt(
  { database: { sql }, clock }: System,
  { organizationId, id }: IncidentRow,
): Promise<boolean> {
  const [row] = await sql<{ diagnoses: number; newest: string | null }[]>`
    select count(*)::int as diagnoses, max(collected_at) as newest from incident_evidence
    where organization_id = ${organizationId} and incident_id = ${id}`;
  if (!row?.newest) return false;
  const isFresh = clock.nowMs() - new Date(row.newest).getTime() < recheckEveryMs;
  return isFresh || row.diagnoses >= automaticDiagnosesMax;
}
