import { ALERT_RULES } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/**
 * Keeps the newest `limits.money.alertDeliveriesKept` ended deliveries of each organization, and those of alerts that last or
 * whose end is not sent yet: it goes where the beginning arrived. Answers how many went.
 */
export async function deleteOldDeliveries({ database }: Pick<System, "database">): Promise<number> {
  const gone = await database.sql`
    delete from alert_deliveries d using (
      select organization_id, id, row_number() over (partition by organization_id order by id desc) as place
      from alert_deliveries where status <> 'waiting'
    ) old
    where old.place > ${limits.money.alertDeliveriesKept}
      and d.organization_id = old.organization_id and d.id = old.id
      and not exists (
        select 1 from alerts a where a.organization_id = d.organization_id and a.id = d.alert_id
          and a.resolved_at is null and a.rule = any(${[...ALERT_RULES]}::text[]))
      and not exists (
        select 1 from alert_deliveries o where o.organization_id = d.organization_id and o.alert_id = d.alert_id
          and o.channel_id = d.channel_id and o.status = 'waiting')`;
  return gone.count;
}
