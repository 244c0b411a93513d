import type { alerts } from "#drizzle/schema/index.ts";
import { type Alert, AlertEnd } from "#lib/contract/index.ts";
import { severityOf } from "./severities.ts";

/** The wire form. */
export const toAlert = (row: typeof alerts.$inferSelect): Alert => ({
  id: row.id,
  rule: row.rule,
  scope: row.scope,
  severity: severityOf(row.severity),
  threshold: row.threshold === 0 ? null : row.threshold,
  title: row.title,
  detail: row.detail,
  path: row.path,
  periodStart: row.periodStart.toISOString(),
  firedAt: row.firedAt.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  endedAs: row.resolvedAt === null ? null : AlertEnd.catch("over").parse(row.endedAs),
  incidentId: row.incidentId,
});
