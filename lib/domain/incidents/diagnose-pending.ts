import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { systemCtx } from "../organizations/index.ts";
import { type Diagnose, diagnoseSubject, questionAbout } from "./diagnose-subject.ts";
import { inTurns } from "./in-turns.ts";
import { getIncidentRow } from "./incident-row.ts";

/**
 * Tries the first diagnosis again of open incidents whose diagnosis failed, `limits.incidents.pendingTriesMax` times at most, a
 * minute apart, one after the other so that people find room beside it. A process claims what it tries, so two do not try the same. Answers how many have one now.
 */
export const diagnosePendingWith =
  (diagnose: Diagnose) =>
  async (system: System, signal: AbortSignal): Promise<number> => {
    const { recheckEveryMs, pendingPerSweepMax, pendingTriesMax } = limits.incidents;
    const now = new Date(system.clock.nowMs());
    const before = new Date(now.getTime() - recheckEveryMs);
    const claimed = await system.database.sql<{ organization_id: string; id: string }[]>`
      update incidents set updated_at = ${now.toISOString()}
      where (organization_id, id) in (
        select i.organization_id, i.id from incidents i
        where i.diagnosis_status = 'pending' and i.status in ('open', 'investigating')
          and i.updated_at < ${before.toISOString()}
          and (select count(*) from incident_events e where e.incident_id = i.id and e.kind = 'diagnosed') < ${pendingTriesMax}
        order by i.updated_at limit ${pendingPerSweepMax} for update skip locked)
      returning organization_id, id`;
    let made = 0;
    await inTurns(claimed, 1, signal, async ({ organization_id, id }) => {
      try {
        const ctx = await systemCtx(system, organization_id, "incidents");
        const row = await getIncidentRow(system.database.db, organization_id, id);
        await diagnoseSubject(ctx, row, questionAbout(row), diagnose);
        made += 1;
      } catch (error) {
        system.log.warn({ err: error, incidentId: id }, "an incident could still not be diagnosed");
      }
    });
    return made;
  };
