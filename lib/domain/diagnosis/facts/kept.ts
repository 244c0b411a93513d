import type { Evidence } from "#lib/contract/index.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * Whether the window before is still in the server's history, whole: of what was deleted nothing can be said to be new. A server
 * that keeps nothing is counted apart from its history.
 */
export function isBeforeKept({ subject: { server }, before, collectedAt }: Evidence): boolean {
  if (server === null || server.retentionDays === 0) return true;
  return Date.parse(before.from) >= Date.parse(collectedAt) - server.retentionDays * DAY_MS;
}
