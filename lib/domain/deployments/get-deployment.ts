import { type Deployment, type RuntimeStatus, ServerStatus } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow, within } from "../servers/index.ts";
import { describeOperations, newestOperations } from "./operation-row.ts";
import { describeVersions } from "./version-row.ts";

/**
 * What serves now and how its runtime is doing. When the data plane does not answer in time the runtime's state is
 * `unknown`; the rest is still told. A connected server has no runtime.
 */
export const getDeployment = query({
  name: "deployment.get",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }): Promise<Deployment> => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    const [[activeVersion], [lastOperation], runtime] = await Promise.all([
      row.activeVersionId === null ? [] : describeVersions({ ...ctx, db }, row, row.activeVersionId),
      newestOperations(db, row, 1).then((rows) => describeOperations(db, rows)),
      runtimeStatus(ctx, row),
    ]);
    return {
      serverId: row.id,
      status: ServerStatus.parse(row.status),
      mcpUrl: ctx.doors.mcpUrl(row.slug),
      activeVersion: activeVersion ?? null,
      runtime,
      lastOperation: lastOperation ?? null,
    };
  },
});

async function runtimeStatus(ctx: Ctx, row: ServerRow): Promise<RuntimeStatus[]> {
  if (row.kind !== "hosted") return [];
  try {
    return await within(limits.operations.statusTimeoutMs, ctx.doors.runtime.status(row.id));
  } catch (error) {
    ctx.log.warn({ err: error, serverId: row.id }, "the data plane did not tell the state of a runtime");
    return [
      {
        state: "unknown",
        region: "unknown",
        node: "unknown",
        version: null,
        since: null,
        restarts: 0,
        inFlight: 0,
        residentBytes: null,
        cpuMs: null,
        lastExit: null,
      },
    ];
  }
}
