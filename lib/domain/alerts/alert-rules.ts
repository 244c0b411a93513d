import { eq } from "drizzle-orm";
import { z } from "zod";
import { alertRuleSettings } from "#drizzle/schema/index.ts";
import { type AlertRule, UpdateAlertRule } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { sqlOf } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorKey, command, query } from "../access/index.ts";
import { createStateRules } from "./rules/raise-state-alerts.ts";
import { settingOfRow } from "./rules/rule-settings.ts";

const OBJECTIVE_RULE = "error_burn";
/** Only to be named; they do not look from here. */
const STATE_RULES = createStateRules();

/** The rules that look at states, as this organization set them, and how many of their states last right now. */
export const listAlertRules = query({
  name: "alertRule.list",
  scope: "alerts:read",
  input: z.object({}),
  run: async (ctx): Promise<AlertRule[]> => rulesOf(ctx.database.db, ctx.organization.id),
});

/**
 * Turns a rule on or off, or changes its objective: what is not named stays. The alerts of a rule that is turned off end. Throws
 * `not_found` for a rule that there is not, `invalid_input` for an objective of a rule without one.
 */
export const updateAlertRule = command({
  name: "alertRule.update",
  scope: "alerts:write",
  input: UpdateAlertRule.extend({ rule: z.string().min(1).max(64) }),
  run: async (ctx, { rule, isOn, objective }) => {
    const organizationId = ctx.organization.id;
    const before = (await rulesOf(ctx.db, organizationId)).find((one) => one.rule === rule);
    if (!before) throw notFound("alert rule");
    if (objective != null && before.objective === null) throw withoutObjective(before);
    const set = {
      isOn: isOn ?? before.isOn,
      settings: before.objective === null ? {} : { objective: objective ?? before.objective },
      updatedBy: actorKey(ctx.actor),
      updatedAt: new Date(ctx.clock.nowMs()),
    };
    await ctx.db
      .insert(alertRuleSettings)
      .values({ organizationId, rule, ...set })
      .onConflictDoUpdate({ target: [alertRuleSettings.organizationId, alertRuleSettings.rule], set });
    const value: AlertRule = {
      ...before,
      isOn: set.isOn,
      objective: set.settings.objective ?? null,
    };
    const shown = ({ isOn, objective }: AlertRule) => ({ isOn, objective });
    return {
      value,
      audit: { entity: "alertRule", entityId: rule, before: shown(before), after: shown(value) },
    };
  },
});

async function rulesOf(db: Db, organizationId: string): Promise<AlertRule[]> {
  const set = await db
    .select()
    .from(alertRuleSettings)
    .where(eq(alertRuleSettings.organizationId, organizationId));
  const lasting = await sqlOf(db)<{ rule: string; count: number }[]>`
    select rule, count(*)::int as count from alerts
    where organization_id = ${organizationId} and resolved_at is null
      and rule = any(${STATE_RULES.map(({ rule }) => rule)}::text[]) group by 1`;
  const settings = new Map(set.map((row) => [row.rule, settingOfRow(row)]));
  const firing = new Map(lasting.map(({ rule, count }) => [rule, count]));
  return STATE_RULES.map(({ rule, title, description }) => {
    const own = settings.get(rule);
    return {
      rule,
      title,
      description,
      isOn: own?.isOn ?? true,
      objective: rule === OBJECTIVE_RULE ? (own?.objective ?? limits.alertRules.objective) : null,
      firing: firing.get(rule) ?? 0,
    };
  });
}

function withoutObjective({ title }: AlertRule): DomainError {
  const message = `The rule “${title}” has no objective. Leave it out.`;
  return new DomainError("invalid_input", message, {
    errors: [{ path: "objective", code: "not_applicable", message }],
  });
}
