import { and, eq, inArray, sql } from "drizzle-orm";
import { accessKeys, agents, gatewayServers, servers, serverTools } from "#drizzle/schema/index.ts";
import type { Grant, GrantSubject } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";
import { userNames } from "../servers/index.ts";
import { type GrantRow, subjectOf } from "./grant-row.ts";

const toolNames = sql<string[]>`array(
  select tool->>'name' from jsonb_array_elements(${serverTools.tools}) as tool
)`;

/** Rows of one gateway as the wire shows them, in the same order; rows whose subject is unknown are left out. */
export async function describeGrants(
  db: Db,
  gateway: { organizationId: string; id: string },
  rows: readonly GrantRow[],
): Promise<Grant[]> {
  if (rows.length === 0) return [];
  const [keyNames, agentNames, slugs, tools, people] = await Promise.all([
    keyNamesOf(db, gateway.organizationId, rows),
    agentNamesOf(db, gateway.organizationId, rows),
    slugsOf(db, gateway.organizationId, rows),
    knownToolsOf(db, gateway, rows),
    userNames(
      db,
      rows.map((row) => row.createdBy),
    ),
  ]);
  return rows.flatMap((row) => {
    const subject = subjectOf(row);
    if (!subject) return [];
    return {
      id: row.id,
      gatewayId: row.gatewayId,
      subject,
      subjectLabel: labelOf(subject, keyNames, agentNames),
      serverId: row.serverId,
      serverSlug: row.serverId === null ? null : (slugs.get(row.serverId) ?? null),
      tools: row.tools,
      callsPerMinuteMax: row.callsPerMinuteMax,
      concurrentMax: row.concurrentMax,
      unmatchedPatterns: unmatched(row, tools),
      createdBy: row.createdBy === null ? null : (people.get(row.createdBy) ?? null),
      createdAt: row.createdAt.toISOString(),
    };
  });
}

function labelOf(
  subject: GrantSubject,
  keyNames: ReadonlyMap<string, string>,
  agentNames: ReadonlyMap<string, string>,
): string {
  switch (subject.kind) {
    case "everyone":
      return "Everyone";
    case "key":
      return keyNames.get(subject.keyId) ?? subject.keyId;
    case "agent":
      return agentNames.get(subject.agentId) ?? subject.agentId;
    case "oauth_subject":
      return subject.subject;
    case "oauth_claim":
      return `${subject.claim} = ${subject.value}`;
  }
}

/** Server id → the names of its tools, or null while no tools/list of it has passed. */
type KnownTools = ReadonlyMap<string, readonly string[] | null>;

/** Nothing is said about patterns while some server's tools are unknown: they may be the ones that match. */
function unmatched({ serverId, tools: patterns }: GrantRow, known: KnownTools): string[] {
  const lists = serverId === null ? [...known.values()] : [known.get(serverId) ?? null];
  if (lists.length === 0 || lists.includes(null)) return [];
  const names = lists.flatMap((list) => list ?? []);
  return patterns.filter(
    (pattern) => pattern !== "*" && !names.some((name) => matchesToolPattern(pattern, name)),
  );
}

async function keyNamesOf(
  db: Db,
  organizationId: string,
  rows: readonly GrantRow[],
): Promise<Map<string, string>> {
  const ids = rows.flatMap((row) =>
    row.subjectKind === "key" && row.subjectValue !== null ? [row.subjectValue] : [],
  );
  if (ids.length === 0) return new Map();
  const keys = await db
    .select({ id: accessKeys.id, name: accessKeys.name, revokedAt: accessKeys.revokedAt })
    .from(accessKeys)
    .where(and(eq(accessKeys.organizationId, organizationId), inArray(accessKeys.id, ids)));
  return new Map(
    keys.map(({ id, name, revokedAt }) => [id, revokedAt === null ? name : `${name} (revoked)`]),
  );
}

async function agentNamesOf(
  db: Db,
  organizationId: string,
  rows: readonly GrantRow[],
): Promise<Map<string, string>> {
  const ids = rows.flatMap((row) =>
    row.subjectKind === "agent" && row.subjectValue !== null ? [row.subjectValue] : [],
  );
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ id: agents.id, name: agents.name })
    .from(agents)
    .where(and(eq(agents.organizationId, organizationId), inArray(agents.id, ids)));
  return new Map(found.map(({ id, name }) => [id, name]));
}

async function slugsOf(
  db: Db,
  organizationId: string,
  rows: readonly GrantRow[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => row.serverId ?? []))];
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ id: servers.id, slug: servers.slug })
    .from(servers)
    .where(and(eq(servers.organizationId, organizationId), inArray(servers.id, ids)));
  return new Map(found.map(({ id, slug }) => [id, slug]));
}

/** Of the servers behind the gateway. Only the names are read: tool lists can be large. */
async function knownToolsOf(
  db: Db,
  gateway: { organizationId: string; id: string },
  rows: readonly GrantRow[],
): Promise<KnownTools> {
  if (rows.every((row) => row.tools.every((pattern) => pattern === "*"))) return new Map();
  const attached = await db
    .select({ serverId: gatewayServers.serverId })
    .from(gatewayServers)
    .where(
      and(
        eq(gatewayServers.organizationId, gateway.organizationId),
        eq(gatewayServers.gatewayId, gateway.id),
      ),
    );
  const known = new Map<string, string[] | null>(attached.map(({ serverId }) => [serverId, null]));
  if (known.size === 0) return known;
  const seen = await db
    .select({ serverId: serverTools.serverId, names: toolNames })
    .from(serverTools)
    .where(
      and(
        eq(serverTools.organizationId, gateway.organizationId),
        inArray(serverTools.serverId, [...known.keys()]),
      ),
    );
  for (const { serverId, names } of seen) known.set(serverId, names);
  return known;
}
