import { z } from "zod";
import { ALERT_RULES, CheckPolicy } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, command, type System } from "../access/index.ts";
import { probeCanary, probeEras } from "../checks/index.ts";
import { systemCtx } from "../organizations/index.ts";
import { getServerRow, type ServerRow } from "../servers/index.ts";
import { inTurns } from "./in-turns.ts";
import { tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef, type IncidentRow, isOver } from "./incident-row.ts";

const {
  recheckEveryMs,
  recheckBrokenMsMax,
  rechecksAtOnceMax,
  rechecksPerSweepMax,
  greenChecksToResolve,
  probeMs,
} = limits.incidents;
/** Between two looks at a server that stays broken passes one of so many parts of the time that it is. */
const BACK_OFF = 20;

/** How a recheck ended; `gone`: there is no server any more. */
export type Recheck = { outcome: "green" | "red" | "gone"; why: string };
/** Looks at the server of an incident now. */
export type Look = (ctx: Ctx, row: IncidentRow) => Promise<Recheck>;

const countRecheck = command({
  name: "incident.recheck",
  scope: "incidents:write",
  input: IncidentRef.extend({ outcome: z.enum(["green", "red", "gone"]), why: z.string() }),
  run: async (ctx, { incident, outcome, why }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    const audit = { entity: "incident", entityId: row.id, after: { outcome } };
    // Meanwhile somebody ended it, or took its end into their own hands.
    if (isOver(row) || row.greenChecks === null) return { value: false, audit };
    const green = outcome === "green" ? row.greenChecks + 1 : 0;
    const isResolved = outcome === "gone" || green >= greenChecksToResolve;
    if (isResolved) {
      const resolution =
        outcome === "gone" ? why : `${greenChecksToResolve} rechecks in a row found it well again.`;
      await changeIncident(ctx, row, {
        status: "resolved",
        resolvedAt: new Date(ctx.clock.nowMs()),
        resolution,
        greenChecks: green,
      });
      await tellEvent(ctx, row, { kind: "resolved", text: `Resolved: ${resolution}` });
      return { value: true, audit };
    }
    if (green !== row.greenChecks) {
      await changeIncident(ctx, row, { greenChecks: green });
      const counted = green > 0 ? `Well, ${green} of ${greenChecksToResolve}` : "Not well again";
      await tellEvent(ctx, row, { kind: "recheck", text: `${counted}: ${why}` });
    }
    return { value: false, audit };
  },
});

/**
 * Looks again, once a minute and more rarely where nothing gets better, at the servers of open incidents that end by themselves: `limits.incidents.greenChecksToResolve`
 * green looks in a row resolve one, a red one begins anew. A process claims what it looks at, so two do not count twice.
 * A look that fails counts for nothing. Answers how many incidents were resolved.
 */
export const recheckIncidentsWith =
  (look: Look) =>
  async (system: System, signal: AbortSignal): Promise<number> => {
    const now = new Date(system.clock.nowMs());
    const claimed = await system.database.sql<{ organization_id: string; id: string }[]>`
      update incidents set rechecked_at = ${now.toISOString()}
      where (organization_id, id) in (
        select organization_id, id from incidents
        where green_checks is not null and status in ('open', 'investigating')
          and coalesce(rechecked_at, opened_at) <= ${now.toISOString()}::timestamptz - case when green_checks > 0
            then ${recheckEveryMs} else least(${recheckBrokenMsMax}, greatest(${recheckEveryMs},
              extract(epoch from ${now.toISOString()}::timestamptz - opened_at) * 1000 / ${BACK_OFF})) end * interval '1 millisecond'
        order by rechecked_at nulls first limit ${rechecksPerSweepMax} for update skip locked)
      returning organization_id, id`;
    let resolved = 0;
    await inTurns(claimed, rechecksAtOnceMax, signal, async ({ organization_id, id }) => {
      try {
        const ctx = await systemCtx(system, organization_id, "incidents");
        const row = await getIncidentRow(system.database.db, organization_id, id);
        const seen = await look(ctx, row);
        if (seen.outcome === "red" && row.greenChecks === 0) return;
        if (await countRecheck(ctx, { incident: id, ...seen })) resolved += 1;
      } catch (error) {
        system.log.warn({ err: error, incidentId: id }, "an incident could not be looked at again");
      }
    });
    return resolved;
  };

/** Green: the tools are listed in the protocol eras that count, the canary answers where one is declared, and no alert lasts. */
export const lookAtServer: Look = async (ctx, row) => {
  const server = await serverOf(ctx, row);
  if (server === null) return { outcome: "gone", why: "The server was deleted." };
  if (server.status !== "active") return { outcome: "red", why: "The server is not active." };
  const { modern, legacy } = await probeEras(ctx, server, probeMs);
  const reports = [modern.report, legacy.report];
  const failed = reports.filter(({ status }) => status === "failed");
  const { requireBothEras } = CheckPolicy.parse(server.checkPolicy);
  if (failed.length === reports.length || (requireBothEras && failed.length > 0))
    return { outcome: "red", why: failed[0]?.failure?.message ?? "tools/list failed." };
  const canary = await probeCanary(ctx, server, { as: null, timeoutMs: probeMs });
  if (canary?.status === "failed")
    return { outcome: "red", why: canary.failure?.message ?? `The canary ${canary.tool} failed.` };
  const lasting = await lastingAlert(ctx, row);
  if (lasting !== null) return { outcome: "red", why: `An alert lasts: ${lasting}` };
  return { outcome: "green", why: `tools/list answers${canary === null ? "" : " and the canary is right"}.` };
};

async function serverOf(ctx: Ctx, { serverId }: IncidentRow): Promise<ServerRow | null> {
  if (serverId === null) return null;
  try {
    return await getServerRow(ctx.database.db, ctx.organization.id, serverId);
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

/** The title of an alert of the incident whose state is not over; null when all are. */
async function lastingAlert(ctx: Ctx, row: IncidentRow): Promise<string | null> {
  const [alert] = await ctx.database.sql<{ title: string }[]>`
    select title from alerts
    where organization_id = ${row.organizationId} and incident_id = ${row.id} and resolved_at is null
      and rule in ${ctx.database.sql([...ALERT_RULES])} limit 1`;
  return alert?.title ?? null;
}
