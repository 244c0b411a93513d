import { and, count, desc, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import { incidentShares } from "#drizzle/schema/index.ts";
import { CreateIncidentShare, type IncidentShare, type SharedReport } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, query, type System } from "../access/index.ts";
import { systemCtx } from "../organizations/index.ts";
import { userIdOf, userNames } from "../servers/index.ts";
import { tellEvent } from "./incident-events.ts";
import { forStrangers, reportFor } from "./incident-report.ts";
import { changeIncident, getIncidentRow, IncidentRef } from "./incident-row.ts";
import { reportMarkdown } from "./report-markdown.ts";

type ShareRow = typeof incidentShares.$inferSelect;
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const toShare = (row: ShareRow, names: ReadonlyMap<string, string>): IncidentShare => ({
  id: row.id,
  createdBy: row.createdBy === null ? null : (names.get(row.createdBy) ?? null),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

/**
 * Makes a link under which the report can be read without an account until it expires; the answer holds it, this once. Throws
 * `limit_reached` with `limits.incidents.sharesPerIncidentMax` links that work.
 */
export const createIncidentShare = command({
  name: "incident.share",
  scope: "incidents:write",
  input: IncidentRef.extend(CreateIncidentShare.shape),
  run: async (ctx, { incident, expiresInMs }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    const now = new Date(ctx.clock.nowMs());
    const max = limits.incidents.sharesPerIncidentMax;
    const [working] = await ctx.db
      .select({ shares: count() })
      .from(incidentShares)
      .where(
        and(
          eq(incidentShares.incidentId, row.id),
          isNull(incidentShares.revokedAt),
          gt(incidentShares.expiresAt, now),
        ),
      );
    if ((working?.shares ?? 0) >= max)
      throw new DomainError(
        "limit_reached",
        `${max} links to this report work, the most there may be. Revoke one.`,
      );
    const token = ctx.ids.secret(TOKEN_BYTES);
    const [share] = await ctx.db
      .insert(incidentShares)
      .values({
        organizationId: row.organizationId,
        id: ctx.ids.id("shr"),
        incidentId: row.id,
        tokenHash: hashSecret(token),
        createdBy: userIdOf(ctx.actor),
        createdAt: now,
        expiresAt: new Date(now.getTime() + expiresInMs),
      })
      .returning();
    if (!share) throw new Error("inserting a share answered no row");
    await changeIncident(ctx, row, {});
    await tellEvent(ctx, row, {
      kind: "shared",
      text: `A link to the report was made. It works until ${share.expiresAt.toISOString()}.`,
      subjectId: share.id,
    });
    const names = await userNames(ctx.db, [share.createdBy]);
    return {
      value: { ...toShare(share, names), url: ctx.doors.dashboardUrl(`/shared/${token}`) },
      audit: {
        entity: "incident",
        entityId: row.id,
        after: { shareId: share.id, expiresAt: share.expiresAt },
      },
    };
  },
});

/** The links to a report, newest first, also those that work no more; never where they lead. */
export const listIncidentShares = query({
  name: "incidentShare.list",
  scope: "incidents:read",
  input: IncidentRef,
  run: async (ctx, { incident }): Promise<IncidentShare[]> => {
    const { db } = ctx.database;
    const row = await getIncidentRow(db, ctx.organization.id, incident);
    const shares = await db
      .select()
      .from(incidentShares)
      .where(
        and(eq(incidentShares.organizationId, row.organizationId), eq(incidentShares.incidentId, row.id)),
      )
      .orderBy(desc(incidentShares.id))
      .limit(limits.incidents.listedMax);
    const names = await userNames(
      db,
      shares.map(({ createdBy }) => createdBy),
    );
    return shares.map((share) => toShare(share, names));
  },
});

/** Ends a link at once. One that ended before stays as it is. */
export const revokeIncidentShare = command({
  name: "incident.revokeShare",
  scope: "incidents:write",
  input: IncidentRef.extend({ share: z.string().max(100) }),
  run: async (ctx, { incident, share }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    const mine = and(
      eq(incidentShares.organizationId, row.organizationId),
      eq(incidentShares.incidentId, row.id),
      eq(incidentShares.id, share),
    );
    const [before] = await ctx.db.select().from(incidentShares).where(mine);
    if (!before) throw notFound("share");
    if (before.revokedAt === null) {
      await ctx.db
        .update(incidentShares)
        .set({ revokedAt: new Date(ctx.clock.nowMs()) })
        .where(mine);
      await changeIncident(ctx, row, {});
      await tellEvent(ctx, row, { kind: "shared", text: "A link to the report was revoked." });
    }
    return { value: null, audit: { entity: "incident", entityId: row.id, after: { revokedShareId: share } } };
  },
});

/**
 * The report behind a link, as it is now, for anybody who has it: no money, no traffic, no ids or addresses of people. One that
 * expired, was revoked or never was gives the same `not_found`.
 */
export async function getSharedReport(system: System, token: string): Promise<SharedReport> {
  if (!TOKEN.test(token)) throw notFound("shared report");
  const [share] = await system.database.db
    .select()
    .from(incidentShares)
    .where(
      and(
        eq(incidentShares.tokenHash, hashSecret(token)),
        isNull(incidentShares.revokedAt),
        gt(incidentShares.expiresAt, new Date(system.clock.nowMs())),
      ),
    );
  if (!share) throw notFound("shared report");
  const ctx = await systemCtx(system, share.organizationId, "shared report");
  const row = await getIncidentRow(system.database.db, share.organizationId, share.incidentId);
  const report = forStrangers(await reportFor({ ...ctx, scopes: new Set(["incidents:read"]) }, row), row.id);
  return { report, markdown: reportMarkdown(report), expiresAt: share.expiresAt.toISOString() };
}
