import { CheckPolicy, type Era, type SmokeReport, type ToolCallResult } from "#lib/contract/index.ts";
import type { Ctx } from "../access/index.ts";
import type { ServerRow } from "../servers/index.ts";
import { doorOfCheck } from "./door-of-check.ts";
import { callCanaryAt, recordCanary } from "./run-canary.ts";
import { recordToolCall } from "./run-tool-call.ts";
import { recordSmoke, recordSmokeAsAgent } from "./run-tools-list-smoke.ts";
import { smokeToolsList } from "./smoke-tools-list.ts";
import { storableCall, storableReport } from "./store-check.ts";

/** What a probe of one protocol era found; `isStored`: as a check of the server. */
export interface EraProbe {
  report: SmokeReport;
  isStored: boolean;
}

/**
 * Lists a server's tools in both protocol eras at once, each within `timeoutMs`. A server may speak one of them only: what an
 * era brought is stored as a check of the server when it passed, when both failed, or when the server's policy demands both.
 * Never throws for what the server does. Needs the scope `checks:run`.
 */
export async function probeEras(ctx: Ctx, row: ServerRow, timeoutMs: number): Promise<Record<Era, EraProbe>> {
  const [modern, legacy] = await Promise.all([
    list(ctx, row, { era: "modern", as: null, timeoutMs }),
    list(ctx, row, { era: "legacy", as: null, timeoutMs }),
  ]);
  const { requireBothEras } = CheckPolicy.parse(row.checkPolicy);
  const bothFailed = modern.status === "failed" && legacy.status === "failed";
  const counts = (report: SmokeReport): boolean =>
    report.status === "passed" || bothFailed || requireBothEras;
  const keep = async (report: SmokeReport): Promise<EraProbe> => {
    if (!counts(report)) return { report, isStored: false };
    // Both list the same tools in their own words; those of the newer era are kept.
    const keepTools = report === modern || modern.status === "failed";
    await recordSmoke(ctx, { serverId: row.id, versionId: row.activeVersionId, report, keepTools });
    return { report, isStored: true };
  };
  // One after the other: both hold the server's row.
  return { modern: await keep(modern), legacy: await keep(legacy) };
}

/** What the agent (by id) is given at its own door. Says nothing about the server: audited, not stored. Needs `checks:run`. */
export async function probeAsAgent(
  ctx: Ctx,
  row: ServerRow,
  agentId: string,
  timeoutMs: number,
): Promise<SmokeReport> {
  const report = await list(ctx, row, { era: "auto", as: agentId, timeoutMs });
  await recordSmokeAsAgent(ctx, { serverId: row.id, agent: agentId, report });
  return report;
}

/** Calls the declared canary now, or its tool as an agent does; null when none is declared. Stored. Needs `checks:run`. */
export async function probeCanary(
  ctx: Ctx,
  row: ServerRow,
  { as, timeoutMs }: { as: string | null; timeoutMs: number },
): Promise<ToolCallResult | null> {
  const { canary } = CheckPolicy.parse(row.checkPolicy);
  if (canary === null) return null;
  const door = await doorOfCheck(ctx, row, "smoke", as);
  const result = storableCall(await callCanaryAt(ctx, { ...door, slug: row.slug, timeoutMs }, canary));
  if (as === null) await recordCanary(ctx, { serverId: row.id, result });
  else await recordToolCall(ctx, { serverId: row.id, result });
  return result;
}

async function list(
  ctx: Ctx,
  row: ServerRow,
  { era, as, timeoutMs }: { era: Era | "auto"; as: string | null; timeoutMs: number },
): Promise<SmokeReport> {
  const { url, headers } = await doorOfCheck(ctx, row, "smoke", as);
  const { clock, ids } = ctx;
  return storableReport(
    await smokeToolsList({ serverSlug: row.slug, url, headers, era, timeoutMs, clock, ids }),
  );
}
