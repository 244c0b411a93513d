import type { IncidentTimeline, LogTimeline } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type Ctx, query, requireScope } from "../access/index.ts";
import { getLogTimeline } from "../requests/index.ts";
import { callsOf } from "./incident-calls.ts";
import { getIncidentRow, IncidentRef, type IncidentRow } from "./incident-row.ts";
import { readLedgerMarks } from "./ledger-marks.ts";
import { traceMarks } from "./trace-marks.ts";

/** A window whose lanes hold more than is read is read around the moment in question, this far to both sides. */
const CLOSE_MS = 60_000;

/**
 * The traffic of an incident's window: what gateway, runtime and upstream saw of its server, joined into calls, and what moved
 * credits. Each lane ends at `limits.incidents.timelineEntriesMax` marks and says so. Without a server there are no lanes of
 * traffic; without `billing:read` there is none of the ledger. Needs `logs:read` as well.
 */
export const getIncidentTimeline = query({
  name: "incident.timeline",
  scope: "incidents:read",
  input: IncidentRef,
  run: async (ctx, { incident }): Promise<IncidentTimeline> => {
    requireScope(ctx, "logs:read");
    return readTimeline(ctx, await getIncidentRow(ctx.database.db, ctx.organization.id, incident));
  },
});

export async function readTimeline(ctx: Ctx, row: IncidentRow): Promise<IncidentTimeline> {
  const [traffic, ledger] = await Promise.all([
    readTraffic(ctx, row),
    ctx.scopes.has("billing:read") ? readLedgerMarks(ctx.database.sql, row) : { marks: [], isCapped: false },
  ]);
  const { marks, joined } = traceMarks(traffic?.entries ?? []);
  return {
    window: { from: row.windowFrom.toISOString(), to: row.windowTo.toISOString() },
    marks: [...marks, ...ledger.marks].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    calls: callsOf(traffic?.entries ?? [], traffic?.gaps ?? [], joined),
    capped: [...(traffic?.capped ?? []), ...(ledger.isCapped ? ["ledger"] : [])],
  };
}

/** Null where there is no server, or none any more. */
async function readTraffic(ctx: Ctx, row: IncidentRow): Promise<LogTimeline | null> {
  const server = row.serverId;
  if (server === null) return null;
  const read = (fromMs: number, toMs: number) =>
    getLogTimeline(ctx, {
      server,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      marginMs: 0,
    });
  const [fromMs, toMs] = [row.windowFrom.getTime(), row.windowTo.getTime()];
  try {
    const whole = await read(fromMs, toMs);
    if (whole.capped.length === 0) return whole;
    const atMs = row.at.getTime();
    const close = await read(Math.max(fromMs, atMs - CLOSE_MS), Math.min(toMs, atMs + CLOSE_MS));
    return { ...close, capped: whole.capped };
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}
