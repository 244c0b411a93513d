import type { Diagnosis, IncidentEvent, IncidentReport } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../access/index.ts";
import { describeDetail } from "./describe-incidents.ts";
import { readTimeline } from "./get-incident-timeline.ts";
import { withoutMoney } from "./hide-money.ts";
import type { IncidentRow } from "./incident-row.ts";
import { readEvents } from "./list-incident-events.ts";
import { getOrganizationName } from "./organization-name.ts";
import { redactedJson, reportRedactor, sharedRedactor } from "./redact-report.ts";

/** The report of an incident as the caller may see it, its secrets taken out once more. The timeline needs `logs:read`. */
export async function reportFor(ctx: Ctx, row: IncidentRow): Promise<IncidentReport> {
  const { db } = ctx.database;
  const [organization, detail, events, timeline] = await Promise.all([
    getOrganizationName(db, row.organizationId),
    describeDetail({ ...ctx, db }, row),
    readEvents(db, row),
    ctx.scopes.has("logs:read") ? readTimeline(ctx, row) : null,
  ]);
  const { diagnosis, evidence: _evidence, ...incident } = detail;
  const generatedAt = new Date(ctx.clock.nowMs()).toISOString();
  return redactedJson(
    { schema: 1, organization, incident, diagnosis, events: boundedEvents(events), timeline, generatedAt },
    reportRedactor(row.id),
  );
}

/** The oldest, up to `limits.incidents.reportEventCharactersMax` of text; what is left out is one event that says how much. */
export function boundedEvents(
  events: readonly IncidentEvent[],
  charactersMax: number = limits.incidents.reportEventCharactersMax,
): IncidentEvent[] {
  let characters = 0;
  const beyond = events.findIndex(({ text }) => {
    characters += text.length;
    return characters > charactersMax;
  });
  const next = events[beyond];
  if (next === undefined) return [...events];
  const left = events.length - beyond;
  const text = `${left} later ${left === 1 ? "event is" : "events are"} left out: a report holds ${charactersMax.toLocaleString("en")} characters of them.`;
  return [
    ...events.slice(0, beyond),
    { ...next, kind: "left_out", actor: null, text, stage: null, path: null },
  ];
}

/**
 * A report for people outside: no money, no ids or e-mail addresses of people, and none of the traffic itself. Links lead
 * nowhere for them, so there are none.
 */
export function forStrangers(report: IncidentReport, key: string): IncidentReport {
  const { incident, diagnosis, events } = report;
  const shared: IncidentReport = {
    ...report,
    incident: {
      ...incident,
      owner: incident.owner && { ...incident.owner, id: "" },
      override: incident.override && { ...incident.override, by: { ...incident.override.by, id: "" } },
    },
    diagnosis: diagnosis && withoutLinks(withoutMoney(diagnosis)),
    events: events.map((event) => ({ ...event, path: null })),
    timeline: null,
  };
  return redactedJson(shared, sharedRedactor(key));
}

function withoutLinks(diagnosis: Diagnosis): Diagnosis {
  return JSON.parse(JSON.stringify(diagnosis), (name, value: unknown) =>
    name === "path" ? null : name === "actions" ? [] : value,
  ) as Diagnosis;
}
