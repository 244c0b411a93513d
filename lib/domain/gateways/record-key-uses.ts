import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** When a key last opened a door, in epoch milliseconds. */
export interface KeyUse {
  keyId: string;
  usedAtMs: number;
}

/**
 * Notes when keys were used, at most once per key and `limits.gateways.keyLastUsedMs`, and never back in time. Safe to
 * repeat. At most `limits.gateways.keyUsesWaitingMax` uses count; the rest is for another call. Throws what the driver
 * throws.
 */
export async function recordKeyUses(database: Database, uses: readonly KeyUse[]): Promise<void> {
  const latest = new Map<string, number>();
  for (const { keyId, usedAtMs } of uses.slice(0, limits.gateways.keyUsesWaitingMax))
    latest.set(keyId, Math.max(usedAtMs, latest.get(keyId) ?? 0));
  if (latest.size === 0) return;
  const times = [...latest.values()].map((ms) => new Date(ms).toISOString());
  await database.sql`
    update access_keys set last_used_at = used.at
    from (
      select u.id, u.at_text::timestamptz as at
      from unnest(${[...latest.keys()]}::text[], ${times}::text[]) as u(id, at_text)
    ) used
    where access_keys.id = used.id and (
      access_keys.last_used_at is null
      or access_keys.last_used_at <= used.at - make_interval(secs => ${limits.gateways.keyLastUsedMs / 1000})
    )`;
}
