import type { System } from "../access/index.ts";

/** Whether any edge that is to live reported at `sinceMs` (epoch milliseconds) or later. */
export async function edgesReport(
  { database: { sql } }: Pick<System, "database">,
  sinceMs: number,
): Promise<boolean> {
  const [row] = await sql<{ reports: boolean }[]>`
    select exists (
      select from edge_nodes where stopped_at is null and heartbeat_at >= ${new Date(sinceMs).toISOString()}::timestamptz
    ) as reports`;
  return row?.reports ?? false;
}
