import { z } from "zod";
import { CheckPolicy, HostingCheck, type RegionCheck } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, command, storableJson, workflow } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow, within } from "../servers/index.ts";
import { storeHostingCheck } from "./store-check.ts";

const recordHostingCheck = command({
  name: "check.hosting",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), check: HostingCheck }),
  run: async (ctx, { serverId, check }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId);
    await storeHostingCheck(ctx, server, check);
    return {
      value: check,
      audit: {
        entity: "server",
        entityId: server.id,
        after: { check: check.id, status: check.status, regions: check.regions.length },
      },
    };
  },
});

/**
 * Checks a server on every edge that lives, and on those of a region that fell silent: dns, tls, routing, runtime,
 * tools/list. Stores the result and answers it. What does not work is an answer with status `failed`, not an error; so
 * is an installation without a living edge. Throws `limit_reached` when an edge runs too many checks already.
 */
export const runHostingCheck = workflow({
  name: "check.hosting",
  scope: "checks:run",
  input: ServerRef,
  run: async (ctx, { server }): Promise<HostingCheck> => {
    const row = await getServerRow(ctx.database.db, ctx.organization.id, server);
    const startedMs = ctx.clock.monotonicMs();
    const { regions, error } = await askEdges(ctx, row);
    const check: HostingCheck = {
      server: row.slug,
      status: error === null ? worstOf(regions) : "failed",
      regions,
      error,
      id: ctx.ids.id("chk"),
      durationMs: Math.round((ctx.clock.monotonicMs() - startedMs) * 10) / 10,
      checkedAt: new Date(ctx.clock.nowMs()).toISOString(),
    };
    return recordHostingCheck(ctx, {
      serverId: row.id,
      check: HostingCheck.parse(storableJson(check)),
    });
  },
});

async function askEdges(ctx: Ctx, row: ServerRow): Promise<Pick<HostingCheck, "regions" | "error">> {
  const { expectedTools, requireBothEras } = CheckPolicy.parse(row.checkPolicy);
  try {
    const regions = await within(
      limits.checks.hostingCheckWaitMs,
      ctx.doors.runtime.hostingCheck(row.id, { expectedTools, requireBothEras }),
    );
    const sorted = [...regions].sort((a, b) => (`${a.region} ${a.node}` < `${b.region} ${b.node}` ? -1 : 1));
    return { regions: sorted, error: sorted.length === 0 ? "No edge is running: nothing serves." : null };
  } catch (error) {
    if (error instanceof DomainError && error.code === "limit_reached") throw error;
    ctx.log.warn({ err: error, serverId: row.id }, "no edge answered a hosting check");
    const reason = error instanceof DomainError ? error.message : "No edge answered in time.";
    return { regions: [], error: `No edge could be asked, so nothing was checked. ${reason}` };
  }
}

const SEVERITY = ["passed", "warned", "failed"] as const;
const worstOf = (regions: readonly RegionCheck[]): HostingCheck["status"] =>
  SEVERITY[Math.max(...regions.map(({ status }) => SEVERITY.indexOf(status)))] ?? "failed";
