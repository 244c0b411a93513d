import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { type EventToTell, tellEvent } from "./incident-events.ts";

interface Untold {
  organization_id: string;
  incident_id: string;
  kind: string;
  subject_id: string;
  at: string;
  what: string;
  path: string;
  actor: string | null;
}

/**
 * Writes into open incidents what happened around them in their life, once each: deployment operations of their server that
 * ended, alerts about it, and the end of their own alerts; nothing that is older than `limits.incidents.followedAgeMsMax`.
 * Answers how many events were new.
 */
export async function followIncidents(system: System): Promise<number> {
  const { sql, db } = system.database;
  const { clock, ids, log } = system;
  const since = new Date(clock.nowMs() - limits.incidents.followedAgeMsMax).toISOString();
  const untold = await sql<Untold[]>`
    with live as (
      select organization_id, id, server_id, greatest(opened_at, ${since}::timestamptz) as since
      from incidents where status in ('open', 'investigating')
    ), seen as (
      select i.organization_id, i.id as incident_id, 'operation' as kind, o.id as subject_id, o.finished_at as at,
        o.kind || ' ' || o.state || coalesce(': ' || left(o.error, 300), '') as what,
        '/servers/' || s.slug || '/hosting' as path, o.actor
      from live i
      join operations o on o.server_id = i.server_id and o.organization_id = i.organization_id
        and o.finished_at >= i.since
      join servers s on s.organization_id = o.organization_id and s.id = o.server_id
      union all
      select i.organization_id, i.id, 'alert', a.id, a.fired_at, a.title, a.path, null
      from live i
      join alerts a on a.organization_id = i.organization_id and a.server_id = i.server_id
        and a.fired_at >= i.since
      union all
      select i.organization_id, i.id, 'alert_over', a.id, a.resolved_at, 'Over: ' || a.title, a.path, null
      from live i
      join alerts a on a.incident_id = i.id and a.organization_id = i.organization_id
        and a.resolved_at >= ${since}::timestamptz
    ), untold as materialized (
      select * from seen
      where not exists (
        select 1 from incident_events e
        where e.organization_id = seen.organization_id and e.incident_id = seen.incident_id
          and e.kind = seen.kind and e.subject_id = seen.subject_id)
    ), roomy as (
      -- Only of those with something to tell: most have nothing.
      select incident_id from (select distinct incident_id from untold) concerned
      where (select count(*) from incident_events e where e.incident_id = concerned.incident_id)
        < ${limits.incidents.eventsPerIncidentMax}
    )
    select untold.* from untold join roomy using (incident_id)
    order by at limit ${limits.incidents.followedPerSweepMax}`;
  let told = 0;
  for (const row of untold) {
    const event: EventToTell = {
      kind: row.kind,
      text: row.what,
      path: row.path,
      subjectId: row.subject_id,
      at: new Date(row.at),
      ...(row.actor !== null && { by: row.actor }),
    };
    const incident = { organizationId: row.organization_id, id: row.incident_id };
    const teller = { db, clock, ids, log, actor: { kind: "system", name: "incidents" } as const };
    if ((await tellEvent(teller, incident, event)) !== null) told += 1;
  }
  return told;
}
