import { and, count, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { agents, alerts, incidents, servers } from "#drizzle/schema/index.ts";
import { Incident, type IncidentDetail, IncidentOrigin, IncidentStatus } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../access/index.ts";
import { actorNames } from "../servers/index.ts";
import { BILLING_IS_HIDDEN, isAboutMoney } from "./hide-money.ts";
import { type IncidentRow, symptomOf } from "./incident-row.ts";
import { listDiagnoses } from "./stored-diagnoses.ts";

type Reader = Pick<Ctx, "scopes"> & { readonly db: Db };

const Override = z.object({
  verdict: z.string(),
  note: z.string(),
  by: z.object({ id: z.string(), name: z.string() }),
  at: z.string(),
});
export type Override = z.infer<typeof Override>;
const severityOf = (text: string): Incident["severity"] =>
  Incident.shape.severity.safeParse(text).data ?? "info";

/** The wire form of incidents, in their order, with the names of what they are about, also of what is deleted by now. */
export async function describeIncidents(
  { db, scopes }: Reader,
  rows: readonly IncidentRow[],
): Promise<Incident[]> {
  const organizationId = rows[0]?.organizationId;
  if (organizationId === undefined) return [];
  const [serverOf, agentOf, numberOf, alertsOf, names] = await Promise.all([
    serversById(db, organizationId, given(rows, "serverId")),
    agentsById(db, organizationId, given(rows, "agentId")),
    numbersById(db, organizationId, given(rows, "mergedInto")),
    alertCounts(
      db,
      organizationId,
      rows.map(({ id }) => id),
    ),
    actorNames(db, [
      ...rows.map(({ openedBy }) => openedBy),
      ...given(rows, "ownerId").map((id) => `user:${id}`),
    ]),
  ]);
  return rows.map((row): Incident => {
    const mayRead = scopes.has("billing:read") || !isAboutMoney(row.verdict);
    const merged = row.mergedInto === null ? undefined : numberOf.get(row.mergedInto);
    return {
      id: row.id,
      number: row.number,
      title: row.title,
      status: IncidentStatus.parse(row.status),
      severity: severityOf(row.severity),
      origin: IncidentOrigin.parse(row.origin),
      symptom: symptomOf(row),
      server: row.serverId === null ? null : (serverOf.get(row.serverId) ?? gone(row.serverId)),
      agent:
        row.agentId === null ? null : (agentOf.get(row.agentId) ?? { id: row.agentId, name: row.agentId }),
      tool: row.tool,
      client: row.client,
      requestId: row.requestId,
      at: row.at.toISOString(),
      window: { from: row.windowFrom.toISOString(), to: row.windowTo.toISOString() },
      owner:
        row.ownerId === null
          ? null
          : { id: row.ownerId, name: names.get(`user:${row.ownerId}`) ?? row.ownerId },
      diagnosisStatus: Incident.shape.diagnosisStatus.parse(mayRead ? row.diagnosisStatus : "abstained"),
      headline: mayRead ? row.headline : BILLING_IS_HIDDEN,
      verdict: mayRead ? (Incident.shape.verdict.safeParse(row.verdict).data ?? null) : null,
      override: Override.nullable().parse(row.override),
      recovery:
        row.greenChecks === null
          ? null
          : {
              green: Math.min(row.greenChecks, limits.incidents.greenChecksToResolve),
              needed: limits.incidents.greenChecksToResolve,
            },
      alertCount: alertsOf.get(row.id) ?? 0,
      mergedInto:
        row.mergedInto === null || merged === undefined ? null : { id: row.mergedInto, number: merged },
      openedBy: names.get(row.openedBy) ?? row.openedBy,
      openedAt: row.openedAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      resolvedAt: row.resolvedAt?.toISOString() ?? null,
      resolution: row.resolution,
    };
  });
}

export async function describeIncident(reader: Reader, row: IncidentRow): Promise<Incident> {
  const [incident] = await describeIncidents(reader, [row]);
  if (!incident) throw new Error("describing one incident answered none");
  return incident;
}

/** With its newest diagnosis and the list of all. */
export async function describeDetail(reader: Reader, row: IncidentRow): Promise<IncidentDetail> {
  const [incident, diagnoses] = await Promise.all([
    describeIncident(reader, row),
    listDiagnoses(reader, row),
  ]);
  return { ...incident, ...diagnoses };
}

const given = (rows: readonly IncidentRow[], name: "serverId" | "agentId" | "ownerId" | "mergedInto") => [
  ...new Set(rows.flatMap((row) => row[name] ?? [])),
];
/** Of a server whose row is gone. */
const gone = (id: string) => ({ id, slug: id, name: id });

async function serversById(db: Db, organizationId: string, ids: string[]) {
  if (ids.length === 0) return new Map<string, { id: string; slug: string; name: string }>();
  const rows = await db
    .select({ id: servers.id, slug: servers.slug, name: servers.name })
    .from(servers)
    .where(and(eq(servers.organizationId, organizationId), inArray(servers.id, ids)));
  return new Map(rows.map((row) => [row.id, row]));
}

async function agentsById(db: Db, organizationId: string, ids: string[]) {
  if (ids.length === 0) return new Map<string, { id: string; name: string }>();
  const rows = await db
    .select({ id: agents.id, name: agents.name })
    .from(agents)
    .where(and(eq(agents.organizationId, organizationId), inArray(agents.id, ids)));
  return new Map(rows.map((row) => [row.id, row]));
}

async function numbersById(db: Db, organizationId: string, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: incidents.id, number: incidents.number })
    .from(incidents)
    .where(and(eq(incidents.organizationId, organizationId), inArray(incidents.id, ids)));
  return new Map(rows.map(({ id, number }) => [id, number]));
}

async function alertCounts(db: Db, organizationId: string, ids: string[]): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: alerts.incidentId, alerts: count() })
    .from(alerts)
    .where(and(eq(alerts.organizationId, organizationId), inArray(alerts.incidentId, ids)))
    .groupBy(alerts.incidentId);
  return new Map(rows.flatMap(({ id, alerts: many }) => (id === null ? [] : [[id, many] as const])));
}
