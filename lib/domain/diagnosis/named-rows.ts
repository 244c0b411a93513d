import type { ISql } from "postgres";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

/** A server as far as its callers' way to it matters. */
export interface NamedServer {
  readonly id: string;
  readonly slug: string;
  readonly directAccess: string;
  readonly retentionDays: number;
  readonly createdAtMs: number;
  /** Of the gateway before it; null without one. */
  readonly publicId: string | null;
  readonly gatewayAccess: readonly string[];
}

/** The server that `ref` (id or slug) names in the organization. Throws the `not_found` that a stranger's and a deleted one share. */
export async function namedServer(sql: ISql, organizationId: string, ref: string): Promise<NamedServer> {
  const [row] = await sql<(Omit<NamedServer, "createdAtMs"> & { createdAtMs: string })[]>`
    select s.id, s.slug, s.direct_access as "directAccess", s.retention_days as "retentionDays",
      (extract(epoch from s.created_at) * 1000)::bigint as "createdAtMs",
      g.public_id as "publicId", coalesce(w.access, '{}') as "gatewayAccess"
    from servers s
    left join gateway_servers g on g.organization_id = s.organization_id and g.server_id = s.id
    left join gateways w on w.organization_id = g.organization_id and w.id = g.gateway_id and w.deleted_at is null
    where s.organization_id = ${organizationId} and s.deleted_at is null
      and ${isId("srv", ref) ? sql`s.id = ${ref}` : sql`s.slug = ${ref}`}`;
  if (!row) throw notFound("server");
  return { ...row, createdAtMs: Number(row.createdAtMs) };
}

/** The id of the agent that `ref` (id or name) names in the organization; of a deleted one by its id only. Throws `not_found`. */
export async function namedAgentId(sql: ISql, organizationId: string, ref: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from agents where organization_id = ${organizationId}
      and ${isId("agt", ref) ? sql`id = ${ref}` : sql`lower(name) = lower(${ref}) and deleted_at is null`}`;
  if (!row) throw notFound("agent");
  return row.id;
}
