import { eq } from "drizzle-orm";
import { organizations } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";

/** What people call an organization. Throws `not_found`. */
export async function getOrganizationName(db: Db, id: string): Promise<string> {
  const [row] = await db
    .select({ name: organizations.name })
    .from(organizations)
    .where(eq(organizations.id, id));
  if (!row) throw notFound("organization");
  return row.name;
}
