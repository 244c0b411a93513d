import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { memberships } from "#drizzle/schema/index.ts";
import { type IncidentDetail, incidentVersion, UpdateIncident } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type CommandCtx, command, requireMatch } from "../access/index.ts";
import { userIdOf, userNames } from "../servers/index.ts";
import { describeDetail, describeIncident } from "./describe-incidents.ts";
import { type EventToTell, tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef, type IncidentRow, isOver } from "./incident-row.ts";
import { openWithKey, requireRoom, takeTurn } from "./open-incident.ts";

type Changes = z.output<typeof UpdateIncident>;

/**
 * Changes what people decide about an incident; what is not named stays. Resolving may be taken back. Throws `conflict` for
 * one that was merged, and for one that is opened again while another about the same is open; `limit_reached` for one that is opened
 * again while as many are open as there may be; `invalid_input` for an owner
 * who is no member; `precondition_failed` when it is not what the caller read.
 */
export const updateIncident = command({
  name: "incident.update",
  scope: "incidents:write",
  input: IncidentRef.extend(UpdateIncident.shape),
  run: async (ctx, { incident, ...changes }) => {
    // Who opens takes turns, and that before rows are held: as all do who open.
    if (changes.status !== undefined && changes.status !== "resolved")
      await takeTurn(ctx.db, ctx.organization.id);
    const before = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    if (ctx.ifMatch) requireMatch(ctx, incidentVersion(await describeIncident(ctx, before)));
    if (before.status === "merged")
      throw new DomainError("conflict", "This incident was merged into another one. Change that one.");
    const owner = changes.ownerId ? await memberName(ctx.db, before.organizationId, changes.ownerId) : null;
    const after = await changeIncident(ctx, before, {
      ...(changes.title !== undefined && { title: changes.title }),
      ...(changes.severity !== undefined && { severity: changes.severity }),
      ...(changes.ownerId !== undefined && { ownerId: changes.ownerId }),
      ...(changes.override !== undefined && { override: await overrideOf(ctx, changes.override) }),
      ...(await statusOf(ctx, before, changes)),
    });
    for (const event of eventsOf(before, changes, owner)) await tellEvent(ctx, before, event);
    const value: IncidentDetail = await describeDetail(ctx, after);
    return {
      value,
      audit: {
        entity: "incident",
        entityId: before.id,
        before: shortly(before),
        after: shortly(after),
      },
    };
  },
});

const shortly = ({ title, status, severity, ownerId, override, resolution }: IncidentRow) => ({
  title,
  status,
  severity,
  ownerId,
  override,
  resolution,
});

async function memberName(db: Db, organizationId: string, userId: string): Promise<string> {
  const [member] = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));
  if (member) return (await userNames(db, [userId])).get(userId) ?? userId;
  const message = "The owner must be a member of this organization.";
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "ownerId", code: "no_member", message }],
  });
}

async function overrideOf(ctx: CommandCtx, override: NonNullable<Changes["override"]> | null) {
  if (override === null) return null;
  const userId = userIdOf(ctx.actor);
  const by = { id: userId ?? "", name: ctx.actor.name };
  return { ...override, by, at: new Date(ctx.clock.nowMs()).toISOString() };
}

async function statusOf(
  ctx: CommandCtx,
  before: IncidentRow,
  { status, resolution }: Changes,
): Promise<Partial<IncidentRow>> {
  const isResolved = (status ?? before.status) === "resolved";
  if (resolution !== undefined && !isResolved) {
    const message = "A resolution needs the status resolved. Send both.";
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "resolution", code: "not_resolved", message }],
    });
  }
  if (isResolved)
    return {
      ...(status !== undefined && !isOver(before) && { status, resolvedAt: new Date(ctx.clock.nowMs()) }),
      ...(resolution !== undefined && { resolution: resolution === "" ? null : resolution }),
    };
  if (status === undefined) return {};
  if (!isOver(before)) return { status };
  const same =
    before.dedupKey === null ? null : await openWithKey(ctx.db, before.organizationId, before.dedupKey);
  if (same)
    throw new DomainError(
      "conflict",
      `Incident #${same.number} is open for the same thing: merge this one into it, or go on there.`,
    );
  await requireRoom(ctx);
  return {
    status,
    resolvedAt: null,
    resolution: null,
    ...(before.greenChecks !== null && { greenChecks: 0 }),
  };
}

function eventsOf(before: IncidentRow, changes: Changes, owner: string | null): EventToTell[] {
  const { status, resolution, severity, title, ownerId, override } = changes;
  const events: EventToTell[] = [];
  if (status !== undefined && status !== before.status)
    events.push(
      status === "resolved"
        ? { kind: "resolved", text: resolution ? `Resolved: ${resolution}` : "Resolved." }
        : { kind: "status", text: isOver(before) ? "Opened again." : `Status: ${status}.` },
    );
  else if (resolution !== undefined && resolution !== before.resolution)
    events.push({ kind: "status", text: `Resolution: ${resolution}` });
  if (severity !== undefined && severity !== before.severity)
    events.push({ kind: "severity", text: `Severity: ${before.severity} → ${severity}.` });
  if (title !== undefined && title !== before.title) events.push({ kind: "status", text: `Title: ${title}` });
  if (ownerId !== undefined && ownerId !== before.ownerId)
    events.push({ kind: "owner", text: owner === null ? "Nobody owns it now." : `Owner: ${owner}.` });
  if (override !== undefined)
    events.push({
      kind: "override",
      text:
        override === null
          ? "The engine's verdict counts again."
          : `Verdict by hand: ${override.verdict}. ${override.note}`,
    });
  return events;
}
