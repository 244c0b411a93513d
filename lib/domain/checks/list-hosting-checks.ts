import { and, desc, eq } from "drizzle-orm";
import { checkRuns } from "#drizzle/schema/index.ts";
import { HostingCheck } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";

/** The stored hosting checks of a server with all their steps, newest first, at most `limits.checks.listedMax`. */
export const listHostingChecks = query({
  name: "check.listHosting",
  scope: "checks:read",
  input: ServerRef,
  run: async (ctx, { server }): Promise<HostingCheck[]> => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    const runs = await db
      .select({ result: checkRuns.result })
      .from(checkRuns)
      .where(
        and(
          eq(checkRuns.organizationId, row.organizationId),
          eq(checkRuns.serverId, row.id),
          eq(checkRuns.kind, "hosting"),
        ),
      )
      .orderBy(desc(checkRuns.id))
      .limit(limits.checks.listedMax);
    return runs.map(({ result }) => HostingCheck.parse(result));
  },
});

/** The newest stored hosting check of a server; null when it was never checked. */
export async function storedHostingCheck(
  db: Db,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<HostingCheck | null> {
  const [run] = await db
    .select({ result: checkRuns.result })
    .from(checkRuns)
    .where(
      and(
        eq(checkRuns.organizationId, organizationId),
        eq(checkRuns.serverId, id),
        eq(checkRuns.kind, "hosting"),
      ),
    )
    .orderBy(desc(checkRuns.id))
    .limit(1);
  return run ? HostingCheck.parse(run.result) : null;
}
