import { z } from "zod";
import type { Database } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

/** How a caller names a server: its id or its slug. */
export const LoggedServerRef = z.object({ server: z.string().min(1).max(64) });

/** What reading a server's history needs to know of it. */
export interface LoggedServer {
  id: string;
  organizationId: string;
  status: string;
  retentionDays: number;
  recordBodies: boolean;
}

/** The server that `ref` names inside the organization. Throws the same `not_found` for a stranger's, a deleted and a missing one. */
export async function loggedServer(
  { sql }: Pick<Database, "sql">,
  organizationId: string,
  ref: string,
): Promise<LoggedServer> {
  const [row] = await sql<{ id: string; status: string; retention_days: number; record_bodies: boolean }[]>`
    select id, status, retention_days, record_bodies from servers
    where organization_id = ${organizationId} and deleted_at is null
      and ${isId("srv", ref) ? sql`id = ${ref}` : sql`slug = ${ref}`}`;
  if (!row) throw notFound("server");
  return {
    id: row.id,
    organizationId,
    status: row.status,
    retentionDays: row.retention_days,
    recordBodies: row.record_bodies,
  };
}
