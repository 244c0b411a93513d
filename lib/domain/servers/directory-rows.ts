import { createHash } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { serverEnvironment, servers, serverVersions } from "#drizzle/schema/index.ts";
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
import { environmentContext } from "./environment-seal.ts";
import type { ServerRow } from "./server-row.ts";

/** What the data plane needs of one server, so that it never asks the database on a request. */
export interface DirectoryRow {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  kind: ServerKindValue;
  status: ServerStatusValue;
  directAccess: DirectAccessValue;
  retentionDays: number;
  upstreamUrl: string | null;
  version: { id: string; semver: string; sha256: string } | null;
  /** Changes whenever code or environment variables change. */
  revision: string;
  environment: Readonly<Record<string, string>>;
  caps: { toolCallDurationMsMax: number; requestBytesMax: number; responseBytesMax: number };
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
): Promise<DirectoryRow[]> {
  const rows = await database.db
    .select({
      server: servers,
      version: { id: serverVersions.id, semver: serverVersions.semver, sha256: serverVersions.sha256 },
      variable: { name: serverEnvironment.name, ciphertext: serverEnvironment.ciphertext },
    })
    .from(servers)
    .leftJoin(
      serverVersions,
      and(
        eq(serverVersions.organizationId, servers.organizationId),
        eq(serverVersions.id, servers.activeVersionId),
      ),
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
  for (const { server, version, variable } of rows) {
    let loaded = byServer.get(server.id);
    if (!loaded) {
      if (byServer.size >= limits.mcp.directorySizeMax) break;
      loaded = { server, version, sealed: [] };
      byServer.set(server.id, loaded);
    }
    if (variable) loaded.sealed.push(variable);
  }
  return [...byServer.values()].map((loaded) => toDirectoryRow(loaded, unseal, onProblem));
}

interface Loaded {
  server: ServerRow;
  version: DirectoryRow["version"];
  sealed: { name: string; ciphertext: Uint8Array }[];
}

function toDirectoryRow(
  { server, version, sealed }: Loaded,
  unseal: Doors["unseal"],
  onProblem: (serverId: string, error: unknown) => void,
): DirectoryRow {
  const hash = createHash("sha256").update(JSON.stringify([version?.id ?? null, version?.sha256 ?? null]));
  for (const { name, ciphertext } of sealed) hash.update(`\n${name}\n`).update(ciphertext);
  let environment: Record<string, string> | null = {};
  try {
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
    slug: server.slug,
    name: server.name,
    kind: ServerKind.parse(server.kind),
    status: environment === null ? "inactive" : ServerStatus.parse(server.status),
    directAccess: DirectAccess.parse(server.directAccess),
    retentionDays: server.retentionDays,
    upstreamUrl: server.upstreamUrl,
    version,
    revision: hash.digest("hex").slice(0, 32),
    environment: environment ?? {},
    caps: {
      toolCallDurationMsMax: limits.mcp.toolCallDurationMsMax,
      requestBytesMax: limits.mcp.requestBytesMax,
      responseBytesMax: limits.mcp.responseBytesMax,
    },
  };
}
