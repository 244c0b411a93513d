import { and, count, desc, eq, inArray, max } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { z } from "zod";
import { checkRuns, incidents, organizations } from "#drizzle/schema/index.ts";
import { CreateIncident, type DiagnoseInput, type IncidentDetail, Symptom } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorKey, type CommandCtx, type Ctx, command, workflow } from "../access/index.ts";
import { ask, type Question } from "../diagnosis/index.ts";
import { describeDetail } from "./describe-incidents.ts";
import { type Diagnose, diagnoseSubject } from "./diagnose-subject.ts";
import { tellEvent } from "./incident-events.ts";
import { getIncidentRow, type IncidentRow } from "./incident-row.ts";

const OPEN = ["open", "investigating"];

/** What an incident begins with. */
const Opening = z.object({
  title: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  origin: z.string(),
  symptom: Symptom.nullable(),
  serverId: z.string().nullable(),
  agentId: z.string().nullable(),
  tool: z.string().nullable(),
  client: z.string().nullable(),
  requestId: z.string().nullable(),
  dedupKey: z.string(),
  /** Whether it ends by itself when the server is well again. */
  recovers: z.boolean(),
});
export type Opening = z.output<typeof Opening>;

/** The moment in question and its window, epoch milliseconds. */
export interface Moment {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Opens an incident, or answers the open one about the same, also where people merged what was about it. Whoever opens at the same time takes turns, so one of them opens
 * it. Throws `limit_reached` when the organization has `limits.incidents.openPerOrganizationMax` open ones.
 */
export async function findOrOpen(
  ctx: CommandCtx,
  opening: Opening,
  moment: Moment,
): Promise<{ row: IncidentRow; isNew: boolean }> {
  const { dedupKey } = opening;
  const same =
    (await openWithKey(ctx.db, ctx.organization.id, dedupKey)) ??
    (await openWithMerged(ctx.db, ctx.organization.id, dedupKey));
  if (same) return { row: same, isNew: false };
  await requireRoom(ctx);
  const row = await insert(ctx, opening, moment);
  await tellEvent(ctx, row, { kind: "opened", text: `Opened: ${opening.title}` });
  return { row, isNew: true };
}

/** The moment is no part of the input: who asks again under the same key asks later. */
const startIncidentAt = (moment: Moment) =>
  command({
    name: "incident.open",
    scope: "incidents:write",
    input: Opening.extend({ at: z.string().nullable() }),
    run: async (ctx, { at: _asked, ...opening }) => {
      await takeTurn(ctx.db, ctx.organization.id);
      const { row, isNew } = await findOrOpen(ctx, opening, moment);
      if (!isNew) await tellEvent(ctx, row, { kind: "opened", text: `Reported again: ${opening.title}` });
      return {
        value: { id: row.id, isNew },
        audit: {
          entity: "incident",
          entityId: row.id,
          after: { number: row.number, title: row.title, isNew },
        },
      };
    },
  });

async function insert(
  ctx: CommandCtx,
  opening: Opening,
  { atMs, fromMs, toMs }: Moment,
): Promise<IncidentRow> {
  const { recovers, ...subject } = opening;
  const organizationId = ctx.organization.id;
  const [last] = await ctx.db
    .select({ number: max(incidents.number) })
    .from(incidents)
    .where(eq(incidents.organizationId, organizationId));
  const now = new Date(ctx.clock.nowMs());
  const [row] = await ctx.db
    .insert(incidents)
    .values({
      ...subject,
      organizationId,
      id: ctx.ids.id("inc"),
      number: (last?.number ?? 0) + 1,
      at: new Date(atMs),
      windowFrom: new Date(fromMs),
      windowTo: new Date(toMs),
      greenChecks: recovers ? 0 : null,
      openedBy: actorKey(ctx.actor),
      openedAt: now,
      updatedAt: now,
    })
    .returning();
  if (!row) throw new Error("inserting an incident answered no row");
  return row;
}

/** Openers of one organization take turns until their transactions end. */
export async function takeTurn(db: Db, organizationId: string): Promise<void> {
  await db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .for("no key update");
}

/** The open incident about the same; its row is held until the transaction ends, so that nobody ends it meanwhile. */
export async function openWithKey(
  db: Db,
  organizationId: string,
  dedupKey: string,
): Promise<IncidentRow | null> {
  const [row] = await db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.organizationId, organizationId),
        eq(incidents.dedupKey, dedupKey),
        inArray(incidents.status, OPEN),
      ),
    )
    .for("update");
  return row ?? null;
}

/** The open incident into which one about the same was merged, the newest; held as well. */
async function openWithMerged(db: Db, organizationId: string, dedupKey: string): Promise<IncidentRow | null> {
  const merged = alias(incidents, "merged");
  const [row] = await db
    .select({ target: incidents })
    .from(merged)
    .innerJoin(
      incidents,
      and(eq(incidents.organizationId, merged.organizationId), eq(incidents.id, merged.mergedInto)),
    )
    .where(
      and(
        eq(merged.organizationId, organizationId),
        eq(merged.dedupKey, dedupKey),
        eq(merged.status, "merged"),
        inArray(incidents.status, OPEN),
      ),
    )
    .orderBy(desc(merged.id))
    .limit(1)
    .for("update", { of: incidents });
  return row?.target ?? null;
}

/** Throws `limit_reached` when as many incidents are open as there may be. */
export async function requireRoom({ db, organization }: CommandCtx): Promise<void> {
  const most = limits.incidents.openPerOrganizationMax;
  const [open] = await db
    .select({ rows: count() })
    .from(incidents)
    .where(and(eq(incidents.organizationId, organization.id), inArray(incidents.status, OPEN)));
  if ((open?.rows ?? 0) < most) return;
  throw new DomainError(
    "limit_reached",
    `${most} incidents are open, the most there may be. Resolve some first.`,
  );
}

/**
 * Opens an incident about a symptom, a server, a call or a failed check, and diagnoses it; answers the open one about the same
 * instead where there is one. A diagnosis that fails costs nothing: the incident stays, `pending`. Under an idempotency key it
 * opens once.
 */
export const openIncidentWith = (diagnose: Diagnose) =>
  workflow({
    name: "incident.open",
    scope: "incidents:write",
    input: CreateIncident,
    run: async (ctx, { title, origin, checkId, ...asked }): Promise<IncidentDetail> => {
      const input: DiagnoseInput = checkId === undefined ? asked : await fromCheck(ctx, asked, checkId);
      const question = await ask(ctx, { ...asked, ...input, probe: asked.probe });
      const startIncident = startIncidentAt({ atMs: question.atMs, ...question.window });
      const { id } = await startIncident(ctx, {
        ...openingOf(question),
        at: input.at ?? null,
        title: title ?? titleOf(question),
        origin,
      });
      const { db } = ctx.database;
      let row = await getIncidentRow(db, ctx.organization.id, id);
      if (row.diagnosisStatus === "pending") row = await diagnosed(ctx, row, input, diagnose);
      return describeDetail({ ...ctx, db }, row);
    },
  });

/** The failure of a first diagnosis is told in the incident. */
async function diagnosed(
  ctx: Ctx,
  row: IncidentRow,
  input: DiagnoseInput,
  diagnose: Diagnose,
): Promise<IncidentRow> {
  try {
    return await diagnoseSubject(ctx, row, input, diagnose);
  } catch (error) {
    if (error instanceof DomainError) return getIncidentRow(ctx.database.db, row.organizationId, row.id);
    throw error;
  }
}

/** What a check that failed was about and when, where the caller said nothing else. */
async function fromCheck(ctx: Ctx, asked: DiagnoseInput, checkId: string): Promise<DiagnoseInput> {
  if (!isId("chk", checkId)) throw notFound("check");
  const [check] = await ctx.database.db
    .select({ serverId: checkRuns.serverId, tool: checkRuns.tool, checkedAt: checkRuns.checkedAt })
    .from(checkRuns)
    .where(and(eq(checkRuns.organizationId, ctx.organization.id), eq(checkRuns.id, checkId)));
  if (!check) throw notFound("check");
  return {
    server: check.serverId,
    ...(check.tool !== null && { tool: check.tool }),
    at: check.checkedAt.toISOString(),
    ...asked,
  };
}

const openingOf = ({ subject, symptom }: Question): Omit<Opening, "title" | "origin"> => ({
  severity: "warning",
  symptom,
  serverId: subject.server?.id ?? null,
  agentId: subject.agent?.id ?? null,
  tool: subject.tool,
  client: subject.client,
  requestId: subject.requestId,
  dedupKey: `asked:${symptom ?? "any"}:${subject.server?.id ?? "-"}:${subject.agent?.id ?? "-"}`,
  recovers: false,
});

const TITLES: Readonly<Record<Symptom, string>> = {
  empty_logs: "Logs are empty",
  agent_fails: "An agent cannot use a tool",
  usage_spike: "Sudden usage spike",
  credits_drop: "Credits drop",
  call_fails: "Tool calls fail",
  slow: "Calls are slow",
  auth_burst: "Many 401 and 403 answers",
  one_region_or_version: "One region or version fails",
};

function titleOf({ subject: { server, agent, tool }, symptom }: Question): string {
  const what = symptom === null ? "Something is wrong" : TITLES[symptom];
  const where = [server?.slug, agent?.name, tool].filter((part) => part !== undefined && part !== null);
  return [what, ...(where.length > 0 ? [where.join(" · ")] : [])]
    .join(": ")
    .slice(0, limits.incidents.titleCharactersMax);
}
