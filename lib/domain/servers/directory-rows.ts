import { createHash } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import {
  gatewayServers,
  organizations,
  serverEnvironment,
  servers,
  serverUpstreamHeaders,
  serverVersions,
} from "#drizzle/schema/index.ts";
import {
  DirectAccess,
  type DirectAccess as DirectAccessValue,
  ServerKind,
  type ServerKind as ServerKindValue,
  ServerStatus,
  type ServerStatus as ServerStatusValue,
} from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Doors } from "../access/index.ts";
import { type PlanTerms, plansOfOrganizations } from "../plans/index.ts";
import { environmentContext, upstreamHeaderContext } from "./environment-seal.ts";
import type { ServerRow } from "./server-row.ts";

/** What the data plane needs of one server, so that it never asks the database on a request. */
export interface DirectoryRow {
  id: string;
  organizationId: string;
  organizationSlug: string;
  slug: string;
  name: string;
  kind: ServerKindValue;
  status: ServerStatusValue;
  directAccess: DirectAccessValue;
  retentionDays: number;
  /** Whether what is said is kept, redacted and capped. */
  recordBodies: boolean;
  upstreamUrl: string | null;
  upstreamHeaders: Readonly<Record<string, string>>;
  gateway: { id: string; publicId: string } | null;
  version: { id: string; semver: string; sha256: string } | null;
  /** Changes whenever code or environment variables change. */
  revision: string;
  environment: Readonly<Record<string, string>>;
  caps: PlanTerms["caps"];
  /** What its calls cost. */
  plan: Pick<PlanTerms, "priceVersion" | "prices" | "isPriced">;
}

/**
 * All servers of all organizations that are not deleted, at most `limits.mcp.directorySizeMax`, in one statement, so that a
 * version never appears with variables older than it was published with.
 * A server whose variables cannot be decrypted is answered as inactive, because its code must not run without them;
 * `onProblem` is told.
 */
export async function loadDirectoryRows(
  database: Database,
  unseal: Doors["unseal"],
  onProblem: (serverId: string, error: unknown) => void = () => undefined,
  nowMs: number = Date.now(),
): Promise<DirectoryRow[]> {
  const [headers, plans] = await Promise.all([
    upstreamHeadersOf(database),
    plansOfOrganizations(database.db, nowMs),
  ]);
  const rows = await database.db
    .select({
      server: servers,
      organizationSlug: organizations.slug,
      attachment: { id: gatewayServers.gatewayId, publicId: gatewayServers.publicId },
      version: { id: serverVersions.id, semver: serverVersions.semver, sha256: serverVersions.sha256 },
      variable: { name: serverEnvironment.name, ciphertext: serverEnvironment.ciphertext },
    })
    .from(servers)
    .innerJoin(organizations, eq(organizations.id, servers.organizationId))
    .leftJoin(
      serverVersions,
      and(
        eq(serverVersions.organizationId, servers.organizationId),
        eq(serverVersions.id, servers.activeVersionId),
      ),
    )
    .leftJoin(
      gatewayServers,
      and(eq(gatewayServers.organizationId, servers.organizationId), eq(gatewayServers.serverId, servers.id)),
    )
    .leftJoin(
      serverEnvironment,
      and(
        eq(serverEnvironment.organizationId, servers.organizationId),
        eq(serverEnvironment.serverId, servers.id),
      ),
    )
    .where(isNull(servers.deletedAt))
    .orderBy(servers.id, serverEnvironment.name);
  const byServer = new Map<string, Loaded>();
  for (const { server, organizationSlug, attachment, version, variable } of rows) {
    let loaded = byServer.get(server.id);
    if (!loaded) {
      if (byServer.size >= limits.mcp.directorySizeMax) break;
      loaded = {
        server,
        organizationSlug,
        attachment,
        version,
        sealed: [],
        headers: headers.get(server.id) ?? [],
      };
      byServer.set(server.id, loaded);
    }
    if (variable) loaded.sealed.push(variable);
  }
  return [...byServer.values()].flatMap((loaded) => {
    const plan = plans.get(loaded.server.organizationId);
    return plan ? [toDirectoryRow({ ...loaded, plan }, unseal, onProblem)] : [];
  });
}

interface Sealed {
  name: string;
  ciphertext: Uint8Array;
}

/** The sealed upstream headers of all servers, by server. */
async function upstreamHeadersOf(database: Database): Promise<Map<string, Sealed[]>> {
  const rows = await database.db
    .select({
      serverId: serverUpstreamHeaders.serverId,
      name: serverUpstreamHeaders.name,
      ciphertext: serverUpstreamHeaders.ciphertext,
    })
    .from(serverUpstreamHeaders)
    .orderBy(serverUpstreamHeaders.serverId, serverUpstreamHeaders.name);
  return Map.groupBy(rows, (row) => row.serverId);
}

interface Loaded {
  server: ServerRow;
  organizationSlug: string;
  attachment: DirectoryRow["gateway"];
  version: DirectoryRow["version"];
  sealed: Sealed[];
  headers: readonly Sealed[];
}

function toDirectoryRow(
  { server, organizationSlug, attachment, version, sealed, headers, plan }: Loaded & { plan: PlanTerms },
  unseal: Doors["unseal"],
  onProblem: (serverId: string, error: unknown) => void,
): DirectoryRow {
  const hash = createHash("sha256").update(JSON.stringify([version?.id ?? null, version?.sha256 ?? null]));
  for (const { name, ciphertext } of [...sealed, ...headers]) hash.update(`\n${name}\n`).update(ciphertext);
  let environment: Record<string, string> | null = {};
  let upstreamHeaders: Record<string, string> = {};
  try {
    upstreamHeaders = Object.fromEntries(
      headers.map(({ name, ciphertext }) => [
        name,
        unseal(ciphertext, upstreamHeaderContext(server.organizationId, server.id, name)),
      ]),
    );
    environment = Object.fromEntries(
      sealed.map(({ name, ciphertext }) => [
        name,
        unseal(ciphertext, environmentContext(server.organizationId, server.id, name)),
      ]),
    );
  } catch (error) {
    environment = null;
    onProblem(server.id, error);
  }
  return {
    id: server.id,
    organizationId: server.organizationId,
    organizationSlug,
    slug: server.slug,
    name: server.name,
    kind: ServerKind.parse(server.kind),
    status: environment === null ? "inactive" : ServerStatus.parse(server.status),
    directAccess: DirectAccess.parse(server.directAccess),
    retentionDays: server.retentionDays,
    recordBodies: server.recordBodies,
    upstreamUrl: server.upstreamUrl,
    upstreamHeaders,
    gateway: attachment,
    version,
    revision: hash.digest("hex").slice(0, 32),
    environment: environment ?? {},
    caps: plan.caps,
    plan: { priceVersion: plan.priceVersion, prices: plan.prices, isPriced: plan.isPriced },
  };
}
