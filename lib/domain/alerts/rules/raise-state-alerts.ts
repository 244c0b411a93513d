import { and, eq, sql as fragment, isNull } from "drizzle-orm";
import { z } from "zod";
import { alerts } from "#drizzle/schema/index.ts";
import { ALERT_RULES, type AlertEnd } from "#lib/contract/index.ts";
import { type System, systemCommand } from "../../access/index.ts";
import { raiseAlert } from "../raise-alert.ts";
import { isWorse } from "../severities.ts";
import { tellResolved } from "../tell-resolved.ts";
import { ledgerDrift, meteringStale } from "./books.ts";
import { crashLoop } from "./crash-loop.ts";
import { createErrorBurn } from "./error-burn.ts";
import { canaryFailed, smokeFailed } from "./failed-checks.ts";
import { logPipeline } from "./log-pipeline.ts";
import { readSettings } from "./rule-settings.ts";
import type { LastingAlert, SettingOf, State, StateRule } from "./state-rule.ts";

/** The rules, in the order in which pages show them, each with a memory of its own. */
export const createStateRules = (): readonly StateRule[] => [
  createErrorBurn(),
  smokeFailed,
  canaryFailed,
  crashLoop,
  logPipeline,
  meteringStale,
  ledgerDrift,
];

const ACTOR = { kind: "system", name: "jobs" } as const;

/**
 * Looks at every state that alert rules know: one that began is told, once however many look at the same time; one that is
 * over ends its alert, which is told as well, and the next time it is told anew. What got worse is told again. A rule that cannot look changes
 * nothing and holds up no other. Answers how many alerts began and ended.
 */
export async function raiseStateAlerts(
  system: System,
  rules: readonly StateRule[],
): Promise<{ raised: number; resolved: number; failed: number }> {
  const done = { raised: 0, resolved: 0, failed: 0 };
  // Read before the states, so that no alert is ended by who looked before its state began.
  const [lasting, settings] = await Promise.all([readLasting(system), readSettings(system.database.sql)]);
  for (const rule of rules) {
    try {
      const { raised, resolved } = await applyRule(system, rule, {
        lasting: lasting.filter((alert) => alert.rule === rule.rule),
        settingOf: (organizationId) => settings.get(`${organizationId} ${rule.rule}`),
      });
      done.raised += raised;
      done.resolved += resolved;
    } catch (error) {
      done.failed += 1;
      system.log.error({ err: error, rule: rule.rule }, "an alert rule could not look");
    }
  }
  return done;
}

async function applyRule(
  system: System,
  rule: StateRule,
  { lasting, settingOf }: { lasting: readonly LastingAlert[]; settingOf: SettingOf },
): Promise<{ raised: number; resolved: number }> {
  const looked = await rule.look(system, settingOf, lasting);
  const states = new Map(
    looked.states
      .filter(({ organizationId }) => settingOf(organizationId)?.isOn ?? true)
      .map((state) => [keyOf(state), state]),
  );
  let [raised, resolved] = [0, 0];
  for (const alert of lasting) {
    const state = states.get(keyOf(alert));
    states.delete(keyOf(alert));
    if (state && !isWorse(state.severity, alert.severity)) continue;
    if (!state && looked.isUnknown?.(alert)) continue;
    const endedAs = state
      ? "worse"
      : (settingOf(alert.organizationId)?.isOn ?? true) && alert.isWatched
        ? "over"
        : "unwatched";
    const change = await changeAlert(caller(system), {
      ended: { ...alert, endedAs },
      rule: rule.rule,
      begun: state ?? null,
    });
    resolved += change.hasEnded ? 1 : 0;
    raised += change.hasBegun ? 1 : 0;
  }
  for (const state of states.values()) {
    const change = await changeAlert(caller(system), { ended: null, rule: rule.rule, begun: state });
    raised += change.hasBegun ? 1 : 0;
  }
  return { raised, resolved };
}

const keyOf = ({ organizationId, scope }: { organizationId: string; scope: string }): string =>
  `${organizationId} ${scope}`;
const caller = (system: System) => ({ system, actor: ACTOR, requestId: system.ids.id("req") });

/** Ends an alert, begins one, or both. The alert is the record: there is none in the audit log. */
const changeAlert = systemCommand({
  name: "alert.change",
  input: z.object({
    ended: z.custom<LastingAlert & { endedAs: AlertEnd }>().nullable(),
    rule: z.string(),
    begun: z.custom<State>().nullable(),
  }),
  run: async (ctx, { ended, rule, begun }) => {
    if (ended !== null) {
      const [row] = await ctx.db
        .update(alerts)
        .set({ resolvedAt: new Date(ctx.clock.nowMs()), endedAs: ended.endedAs })
        .where(
          and(
            eq(alerts.organizationId, ended.organizationId),
            eq(alerts.id, ended.id),
            isNull(alerts.resolvedAt),
          ),
        )
        .returning({ id: alerts.id });
      // Somebody else was first, and tells what comes next.
      if (!row) return { value: { hasEnded: false, hasBegun: false }, audit: null };
      await tellResolved(ctx, ended);
    }
    const id = begun === null ? null : await beginAlert(ctx, rule, begun);
    return { value: { hasEnded: ended !== null, hasBegun: id !== null }, audit: null };
  },
});

/**
 * Its period begins where the one before ended, and after it began also when the clock went back, so that all who see the same state begin the same alert. Who looked at a state
 * that is over by now finds its alert told and ended.
 */
async function beginAlert(
  ctx: Parameters<typeof raiseAlert>[0],
  rule: string,
  state: State,
): Promise<string | null> {
  const [before] = await ctx.db.execute<{ since: string; lasts: boolean }>(fragment`
    select coalesce(greatest(max(a.resolved_at), max(a.period_start) + interval '1 millisecond'), o.created_at) as since,
      coalesce(bool_or(a.id is not null and a.resolved_at is null), false) as lasts
    from organizations o
    left join alerts a on a.organization_id = o.id and a.rule = ${rule} and a.scope = ${state.scope}
    where o.id = ${state.organizationId} group by o.created_at`);
  if (!before || before.lasts) return null;
  return raiseAlert(ctx, { ...state, rule, periodStart: new Date(before.since) });
}

async function readLasting({ database: { sql } }: System): Promise<readonly LastingAlert[]> {
  return sql<LastingAlert[]>`
    select a.organization_id as "organizationId", a.id, a.rule, a.scope, a.severity, a.server_id as "serverId",
      a.server_id is null or (s.status = 'active' and s.deleted_at is null) as "isWatched"
    from alerts a left join servers s on s.organization_id = a.organization_id and s.id = a.server_id
    where a.resolved_at is null and a.rule = any(${[...ALERT_RULES]}::text[])
    order by a.organization_id, a.id`;
}
