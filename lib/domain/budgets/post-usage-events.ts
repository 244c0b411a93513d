import type { z } from "zod";
import { type PostedUsageEvents, PostUsageEvents } from "#lib/contract/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { actorKey, command } from "../access/index.ts";
import { AgentRef, getAgentRow } from "../agents/index.ts";
import { recordExternalUsage } from "../ledger/index.ts";
import { planOf } from "../plans/index.ts";
import { remainingOf, spendOf } from "./describe-budget.ts";

type UsageEvent = z.output<typeof PostUsageEvents>["events"][number];

/**
 * Books costs of an agent that happened elsewhere, e.g. of a model. They draw on the same credits and caps as its calls and
 * count in the month in which they arrive. On a plan without prices they draw on the caps alone, and nobody owes for them. What happened is booked, also above a cap: then nothing remains. An event that
 * was booked before is a `duplicate` and changes nothing. All events of a call are booked or none. Throws `invalid_input`
 * for one from too long ago or ahead of time, `unprocessable` for an id that stands for another event.
 */
export const postUsageEvents = command({
  name: "budget.postUsage",
  scope: "usage:write",
  input: AgentRef.extend(PostUsageEvents.shape),
  run: async (ctx, { agent, events }) => {
    const nowMs = ctx.clock.nowMs();
    const row = await getAgentRow(ctx.db, ctx.organization.id, agent);
    assertTimesFit(events, nowMs);
    const { isPriced } = await planOf(ctx.db, row.organizationId, nowMs);
    const recorded = await recordExternalUsage(
      ctx.db,
      {
        organizationId: row.organizationId,
        agentId: row.id,
        actor: actorKey(ctx.actor),
        isCovered: !isPriced,
        events: events.map(({ amountMicros, occurredAt, currency: _always, ...event }) => ({
          ...event,
          amountMicros: microsOf(amountMicros),
          occurredAtMs: Date.parse(occurredAt),
        })),
      },
      { nowMs, newId: () => ctx.ids.uuid(nowMs) },
    );
    const { spentMicros } = await spendOf(ctx.db, row, utcMonthOf(nowMs).key);
    const accepted = recorded.filter(({ status }) => status === "accepted");
    const value: z.output<typeof PostedUsageEvents> = {
      results: recorded.map(({ amountMicros, txId, ...event }) => ({
        ...event,
        amountMicros: String(amountMicros),
        txId: encodeId("tx", txId),
      })),
      remainingMicros: remainingOf(row, spentMicros)?.toString() ?? null,
    };
    return {
      value,
      audit: {
        entity: "agent",
        entityId: row.id,
        after: {
          events: accepted.length,
          amountMicros: String(accepted.reduce((sum, { amountMicros }) => sum + amountMicros, 0n)),
        },
      },
    };
  },
});

function assertTimesFit(events: readonly UsageEvent[], nowMs: number): void {
  const { usageEventAgeMsMax, usageEventAheadMsMax } = limits.agents;
  const errors = events.flatMap(({ occurredAt }, index): FieldError[] => {
    const path = `events.${index}.occurredAt`;
    const ageMs = nowMs - Date.parse(occurredAt);
    if (ageMs > usageEventAgeMsMax)
      return [{ path, code: "too_old", message: `Events are taken for ${days(usageEventAgeMsMax)} days.` }];
    if (ageMs < -usageEventAheadMsMax)
      return [{ path, code: "in_the_future", message: "This time is ahead of ours. Set the clock right." }];
    return [];
  });
  const [first] = errors;
  if (first)
    throw new DomainError("invalid_input", `The input is not valid. ${first.path}: ${first.message}`, {
      errors,
    });
}

const days = (ms: number): number => ms / 86_400_000;
