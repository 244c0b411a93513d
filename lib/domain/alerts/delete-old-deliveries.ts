import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/** Keeps the newest `limits.money.alertDeliveriesKept` ended deliveries of each organization. Answers how many went. */
export async function deleteOldDeliveries({ database }: Pick<System, "database">): Promise<number> {
  const gone = await database.sql`
    delete from alert_deliveries d using (
      select organization_id, id, row_number() over (partition by organization_id order by id desc) as place
      from alert_deliveries where status <> 'waiting'
    ) old
    where old.place > ${limits.money.alertDeliveriesKept}
      and d.organization_id = old.organization_id and d.id = old.id`;
  return gone.count;
}
