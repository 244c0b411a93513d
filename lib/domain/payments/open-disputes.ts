import { and, eq, sql } from "drizzle-orm";
import { payments } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";

/** Whether a payment of the organization is disputed and not decided. */
export async function hasOpenDispute(db: Db, organizationId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        eq(payments.organizationId, organizationId),
        sql`jsonb_path_exists(${payments.disputes}, '$.* ? (@.isOpen == true)')`,
      ),
    )
    .limit(1);
  return row !== undefined;
}
