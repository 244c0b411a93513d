import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { paymentEvents } from "#drizzle/schema/index.ts";
import { isDatabaseAway } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Actor, type System, type SystemCommandCtx, systemCommand } from "../access/index.ts";
import { applyFact } from "./apply-fact.ts";
import { type Applied, lockRefs, nothing } from "./applying.ts";
import { PaymentEvent, PaymentFact, refsOf } from "./payment-facts.ts";

type EventRow = typeof paymentEvents.$inferSelect;

/** What of an event is stored, enough to apply it later. */
const StoredEvent = z.object({
  createdAtMs: z.number(),
  fact: PaymentFact.nullable(),
  problem: z.string().nullable(),
});

const takerOf = (provider: string): Actor => ({ kind: "system", name: provider });

/**
 * Takes an event, once: its row and its effects are one transaction. An event that was taken before changes nothing; one
 * that waits or failed is tried again. What fails for a reason of its own is stored as `failed`, for people and for the
 * retries. Rejects, with nothing stored, when the database is away: then the provider sends it again.
 */
export async function takeEvent(system: System, provider: string, event: PaymentEvent): Promise<EventState> {
  const before = await findEvent(system, provider, event.id);
  if (before !== null && isSettled(before)) return stateOf(before);
  try {
    return await applyEvent({ system, actor: takerOf(provider), requestId: event.id }, { provider, event });
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    system.log.error(
      { err: error, event: event.id, type: event.type },
      "a payment event could not be applied",
    );
    await storeFailure(system, provider, event);
    return "failed";
  }
}

const EVENT_STATES = ["applied", "ignored", "waiting", "failed"] as const;
export type EventState = (typeof EVENT_STATES)[number];
const stateOf = ({ state }: EventRow): EventState =>
  EVENT_STATES.find((known) => known === state) ?? "failed";

const isSettled = ({ state }: EventRow): boolean => state === "applied" || state === "ignored";

async function findEvent(system: System, provider: string, eventId: string): Promise<EventRow | null> {
  const [row] = await system.database.db.select().from(paymentEvents).where(isEvent(provider, eventId));
  return row ?? null;
}

const isEvent = (provider: string, eventId: string) =>
  and(eq(paymentEvents.provider, provider), eq(paymentEvents.eventId, eventId));

const applyEvent = systemCommand({
  name: "payment.takeEvent",
  input: z.object({ provider: z.string(), event: PaymentEvent }),
  run: async (ctx, { provider, event }) => {
    const { fact } = event;
    await lockRefs(ctx.db, fact === null ? [event.id] : refsOf(fact));
    const row = await claimRow(ctx, provider, event);
    if (isSettled(row)) return { value: stateOf(row), audit: null };
    const applied = await applyOne(ctx, event);
    await settleRow(ctx, { provider, eventId: event.id }, applied);
    await applyWaiting(ctx, provider, applied.known);
    const { state, organizationId, paymentId, message } = applied;
    return {
      value: state,
      // What is about none of the organizations here changed nothing of theirs.
      audit:
        organizationId === null
          ? null
          : {
              organizationId,
              entity: "payment",
              entityId: paymentId,
              after: { event: event.id, type: event.type, state, ...(message === null ? {} : { message }) },
            },
    };
  },
});

type AppliedOrFailed = Omit<Applied, "state"> & { readonly state: EventState };

async function applyOne(ctx: SystemCommandCtx, event: PaymentEvent): Promise<AppliedOrFailed> {
  if (event.problem !== null) return { ...nothing("ignored", { message: event.problem }), state: "failed" };
  if (event.fact === null) return nothing("ignored");
  return applyFact(ctx, event.fact, event.createdAtMs);
}

/** The row of the event for this transaction alone; a new one is `waiting` until it is known what became of it. */
async function claimRow(ctx: SystemCommandCtx, provider: string, event: PaymentEvent): Promise<EventRow> {
  await ctx.db
    .insert(paymentEvents)
    .values({ ...rowOf(provider, event, ctx.clock.nowMs()), state: "waiting", attempts: 0 })
    .onConflictDoNothing();
  const [row] = await ctx.db.select().from(paymentEvents).where(isEvent(provider, event.id)).for("update");
  if (!row) throw new Error("an event has no row after it was inserted");
  return row;
}

const rowOf = (provider: string, event: PaymentEvent, nowMs: number) => ({
  provider,
  eventId: event.id,
  type: event.type,
  objectId: event.fact === null ? null : waitsFor(event.fact),
  payload: StoredEvent.parse(event),
  createdAt: new Date(event.createdAtMs),
  receivedAt: new Date(nowMs),
});

/** What has to be known before the fact means something. */
const waitsFor = (fact: PaymentFact): string | null =>
  fact.kind === "method" || fact.kind === "customer_gone" ? fact.customerRef : fact.paymentRef;

async function settleRow(
  ctx: SystemCommandCtx,
  { provider, eventId }: { provider: string; eventId: string },
  { state, organizationId, message }: AppliedOrFailed,
): Promise<void> {
  await ctx.db
    .update(paymentEvents)
    .set({
      state,
      message,
      attempts: sql`${paymentEvents.attempts} + 1`,
      ...(organizationId === null ? {} : { organizationId }),
    })
    .where(isEvent(provider, eventId));
}

/** What came before the payment or customer that it is about, in the order in which it happened. */
async function applyWaiting(
  ctx: SystemCommandCtx,
  provider: string,
  known: readonly string[],
): Promise<void> {
  if (known.length === 0) return;
  const rows = await ctx.db
    .select()
    .from(paymentEvents)
    .where(
      and(
        eq(paymentEvents.provider, provider),
        inArray(paymentEvents.state, ["waiting", "failed"]),
        inArray(paymentEvents.objectId, [...known]),
      ),
    )
    .orderBy(paymentEvents.createdAt, paymentEvents.eventId)
    .for("update");
  for (const row of rows) {
    const event = eventOf(row);
    // What is about more than is locked here takes its own turn.
    if (event.fact === null || !refsOf(event.fact).every((ref) => known.includes(ref))) continue;
    const applied = await applyOne(ctx, event);
    await settleRow(ctx, row, applied);
  }
}

/** A stored event as it came. */
export function eventOf(row: EventRow): PaymentEvent {
  return { id: row.eventId, type: row.type, ...StoredEvent.parse(row.payload) };
}

async function storeFailure(system: System, provider: string, event: PaymentEvent): Promise<void> {
  const message = "This event could not be applied. It is tried again by itself; the log says why.";
  await system.database.db
    .insert(paymentEvents)
    .values({ ...rowOf(provider, event, system.clock.nowMs()), state: "failed", message })
    .onConflictDoUpdate({
      target: [paymentEvents.provider, paymentEvents.eventId],
      set: {
        state: "failed",
        message,
        attempts: sql`least(${paymentEvents.attempts} + 1, ${limits.money.paymentEventAttemptsMax})`,
      },
      setWhere: inArray(paymentEvents.state, ["waiting", "failed"]),
    });
}
