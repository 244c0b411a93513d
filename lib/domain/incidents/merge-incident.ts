import { and, eq } from "drizzle-orm";
import { alerts, incidents } from "#drizzle/schema/index.ts";
import { type IncidentDetail, MergeIncident } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { describeDetail } from "./describe-incidents.ts";
import { tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef } from "./incident-row.ts";

/**
 * Ends an incident in another one, which gets its alerts; its own events stay readable. Answers the one that goes on. Throws
 * `conflict` for one that was merged before, and for an incident and itself.
 */
export const mergeIncident = command({
  name: "incident.merge",
  scope: "incidents:write",
  input: IncidentRef.extend(MergeIncident.shape),
  run: async (ctx, { incident, into }) => {
    const organizationId = ctx.organization.id;
    const [first, second] = await Promise.all([
      getIncidentRow(ctx.db, organizationId, incident),
      getIncidentRow(ctx.db, organizationId, into),
    ]);
    if (first.id === second.id)
      throw new DomainError("conflict", "This is one and the same incident. Name another one.");
    // In the order of their ids, so that two people who merge them into each other do not wait for one another.
    const ids = [first.id, second.id].sort();
    const locked = [];
    for (const id of ids) locked.push(await getIncidentRow(ctx.db, organizationId, id, { lock: true }));
    const source = locked.find(({ id }) => id === first.id) ?? first;
    const target = locked.find(({ id }) => id === second.id) ?? second;
    if (source.status === "merged" || target.status === "merged")
      throw new DomainError("conflict", "One of them was merged already. Name incidents that are not.");
    const now = new Date(ctx.clock.nowMs());
    await changeIncident(ctx, source, { status: "merged", mergedInto: target.id, resolvedAt: now });
    // What was merged into it before goes on with it.
    await ctx.db
      .update(incidents)
      .set({ mergedInto: target.id })
      .where(and(eq(incidents.organizationId, organizationId), eq(incidents.mergedInto, source.id)));
    await ctx.db
      .update(alerts)
      .set({ incidentId: target.id })
      .where(and(eq(alerts.organizationId, organizationId), eq(alerts.incidentId, source.id)));
    const after = await changeIncident(ctx, target, {});
    await tellEvent(ctx, source, {
      kind: "merged",
      text: `Merged into #${target.number} ${target.title}`,
      path: `/incidents/${target.number}`,
    });
    await tellEvent(ctx, target, {
      kind: "merged",
      text: `#${source.number} ${source.title} was merged into this one.`,
      path: `/incidents/${source.number}`,
      subjectId: source.id,
    });
    const value: IncidentDetail = await describeDetail(ctx, after);
    return {
      value,
      audit: { entity: "incident", entityId: source.id, after: { mergedInto: target.id } },
    };
  },
});
