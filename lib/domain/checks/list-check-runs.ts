import { and, desc, eq } from "drizzle-orm";
import { checkRuns } from "#drizzle/schema/index.ts";
import { CheckRun } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { actorNames, getServerRow, ServerRef } from "../servers/index.ts";

/** The stored checks of a server, newest first, at most `limits.checks.listedMax`; optionally of one kind. */
export const listCheckRuns = query({
  name: "check.list",
  scope: "checks:read",
  input: ServerRef.extend({ kind: CheckRun.shape.kind.optional() }),
  run: async (ctx, { server, kind }): Promise<CheckRun[]> => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    const runs = await db
      .select({
        id: checkRuns.id,
        kind: checkRuns.kind,
        status: checkRuns.status,
        tool: checkRuns.tool,
        toolCount: checkRuns.toolCount,
        durationMs: checkRuns.durationMs,
        error: checkRuns.error,
        actor: checkRuns.actor,
        checkedAt: checkRuns.checkedAt,
      })
      .from(checkRuns)
      .where(
        and(
          eq(checkRuns.organizationId, row.organizationId),
          eq(checkRuns.serverId, row.id),
          kind === undefined ? undefined : eq(checkRuns.kind, kind),
        ),
      )
      .orderBy(desc(checkRuns.id))
      .limit(limits.checks.listedMax);
    const names = await actorNames(
      db,
      runs.map((run) => run.actor),
    );
    return runs.map((run) => ({
      ...run,
      kind: CheckRun.shape.kind.parse(run.kind),
      status: CheckRun.shape.status.parse(run.status),
      actor: names.get(run.actor) ?? null,
      checkedAt: run.checkedAt.toISOString(),
    }));
  },
});
