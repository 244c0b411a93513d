import { limits } from "#lib/kernel/limits.ts";
import type { HourOfCalls } from "./burn-rate.ts";
import { recentFromMs, type ServerKey } from "./counted-hours.ts";

const HOUR_MS = 3_600_000;
const { burnHistoriesPerSweepMax, burnHistoriesKeptMax } = limits.alertRules;

type ReadHours = (servers: readonly ServerKey[]) => Promise<ReadonlyMap<string, readonly HourOfCalls[]>>;

/** What is known of hours before the recent ones, in one look. */
export interface KnownBefore {
  /** Null: not read yet. */
  of(serverId: string): readonly HourOfCalls[] | null;
  /** Reads of those that are not known, then of those known since the hour before, as far as this look may. */
  read(servers: readonly ServerKey[]): Promise<void>;
}

/**
 * Remembers the hours before the recent ones: they are over, so they are read once an hour, of
 * `limits.alertRules.burnHistoriesPerSweepMax` servers per look. Until its turn comes, a server is known as of the hour before.
 */
export function createRememberedHours(): (readHours: ReadHours, nowMs: number) => KnownBefore {
  const known = new Map<string, { readonly fromMs: number; readonly hours: readonly HourOfCalls[] }>();
  return (readHours, nowMs) => {
    const fromMs = recentFromMs(nowMs);
    let left = burnHistoriesPerSweepMax;
    const find = (serverId: string) => {
      const one = known.get(serverId);
      return one && Math.abs(one.fromMs - fromMs) <= HOUR_MS ? one : undefined;
    };
    return {
      of: (serverId) => find(serverId)?.hours ?? null,
      async read(servers) {
        const unknown = servers.filter(({ id }) => find(id) === undefined);
        const old = servers.filter(({ id }) => (find(id)?.fromMs ?? fromMs) !== fromMs);
        const next = [...unknown, ...old].slice(0, left);
        if (next.length === 0) return;
        left -= next.length;
        for (const [serverId, hours] of await readHours(next)) {
          known.delete(serverId);
          known.set(serverId, { fromMs, hours });
        }
        for (const oldest of known.keys()) {
          if (known.size <= burnHistoriesKeptMax) break;
          known.delete(oldest);
        }
      },
    };
  };
}
