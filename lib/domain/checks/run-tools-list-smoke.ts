import { z } from "zod";
import { Era, SmokeReport, type SmokeResult } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { doorOfCheck } from "./door-of-check.ts";
import { smokeToolsList } from "./smoke-tools-list.ts";
import { storableReport, storeSmoke, toSmokeResult } from "./store-check.ts";

/** Stores a smoke of the server; without `keepTools` not the tools that it saw. */
export const recordSmoke = command({
  name: "check.toolsList",
  scope: "checks:run",
  input: z.object({
    serverId: z.string(),
    versionId: z.string().nullable(),
    report: SmokeReport,
    keepTools: z.boolean().default(true),
  }),
  run: async (ctx, { serverId, versionId, report, keepTools }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId, { lock: true });
    // While another version took over, nobody can tell whose tools were listed.
    const isSettled = server.activeVersionId === versionId;
    await storeSmoke(ctx, server, report, { keepTools: isSettled && keepTools });
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

export const recordSmokeAsAgent = command({
  name: "check.toolsList",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), agent: z.string(), report: SmokeReport }),
  run: async (_ctx, { serverId, agent, report }) => ({
    value: toSmokeResult(report),
    audit: {
      entity: "server",
      entityId: serverId,
      after: { check: report.id, as: agent, status: report.status, toolCount: report.toolCount },
    },
  }),
});

/**
 * Runs tools/list against the server's own public path and stores the result. A server that fails is an answer with
 * status `failed`, not an error. `era` speaks that protocol era only; `auto` asks the server. With `as` it lists what that
 * agent sees, which says nothing about the server: it is audited and not stored.
 */
export const runToolsListSmoke = workflow({
  name: "check.toolsList",
  scope: "checks:run",
  input: ServerRef.extend({
    era: z.enum(["auto", ...Era.options]).default("auto"),
    as: z.string().min(1).max(100).nullable().default(null),
  }),
  run: async (ctx, { server, era, as }): Promise<SmokeResult> => {
    const row = await getServerRow(ctx.database.db, ctx.organization.id, server);
    const { url, headers } = await doorOfCheck(ctx, row, "smoke", as);
    const report = await smokeToolsList({
      serverSlug: row.slug,
      url,
      headers,
      era,
      timeoutMs: limits.checks.smokeTimeoutMs,
      clock: ctx.clock,
      ids: ctx.ids,
    });
    const storable = storableReport(report);
    return as === null
      ? recordSmoke(ctx, { serverId: row.id, versionId: row.activeVersionId, report: storable })
      : recordSmokeAsAgent(ctx, { serverId: row.id, agent: as, report: storable });
  },
});
