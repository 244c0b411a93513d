import { z } from "zod";
import { Era, SmokeReport, type SmokeResult } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { smokeToolsList } from "./smoke-tools-list.ts";
import { storableReport, storeSmoke, toSmokeResult } from "./store-check.ts";

const recordSmoke = command({
  name: "check.toolsList",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), versionId: z.string().nullable(), report: SmokeReport }),
  run: async (ctx, { serverId, versionId, report }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId, { lock: true });
    // While another version took over, nobody can tell whose tools were listed.
    const isSettled = server.activeVersionId === versionId;
    await storeSmoke(ctx, server, report, { keepTools: isSettled });
    return {
      value: toSmokeResult(report),
      audit: {
        entity: "server",
        entityId: server.id,
        after: { check: report.id, status: report.status, toolCount: report.toolCount },
      },
    };
  },
});

/**
 * Runs tools/list against the server's own public path and stores the result. A server that fails is an answer with
 * status `failed`, not an error. `era` speaks that protocol era only; `auto` asks the server.
 */
export const runToolsListSmoke = workflow({
  name: "check.toolsList",
  scope: "checks:run",
  input: ServerRef.extend({ era: z.enum(["auto", ...Era.options]).default("auto") }),
  run: async (ctx, { server, era }): Promise<SmokeResult> => {
    const row = await getServerRow(ctx.database.db, ctx.organization.id, server);
    const { url, headers } = ctx.doors.internalMcp(row.slug, "smoke");
    const report = await smokeToolsList({
      serverSlug: row.slug,
      url,
      headers,
      era,
      timeoutMs: limits.checks.smokeTimeoutMs,
      clock: ctx.clock,
      ids: ctx.ids,
    });
    return recordSmoke(ctx, {
      serverId: row.id,
      versionId: row.activeVersionId,
      report: storableReport(report),
    });
  },
});
