import type { Sql } from "postgres";
import { z } from "zod";
import type { RuleSetting } from "./state-rule.ts";

/** What `alert_rule_settings.settings` holds; what cannot be read is not set. */
export const StoredSettings = z.object({
  objective: z.number().min(0.5).max(0.9999).optional().catch(undefined),
});

export const settingOfRow = (row: { isOn: boolean; settings: unknown }): RuleSetting => ({
  isOn: row.isOn,
  objective: StoredSettings.safeParse(row.settings).data?.objective ?? null,
});

/** By organization and rule, with a space between. */
export async function readSettings(sql: Sql): Promise<ReadonlyMap<string, RuleSetting>> {
  const rows = await sql<{ organization_id: string; rule: string; is_on: boolean; settings: unknown }[]>`
    select organization_id, rule, is_on, settings from alert_rule_settings`;
  return new Map(
    rows.map((row) => [
      `${row.organization_id} ${row.rule}`,
      settingOfRow({ isOn: row.is_on, settings: row.settings }),
    ]),
  );
}
