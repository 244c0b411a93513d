import type { Server } from "#lib/contract/index.ts";

/** What may be chosen, as the contract has it; repeated here so that the browser needs no schema for it. */
export const RETENTION_CHOICES = [0, 1, 7, 30, 90] as const satisfies readonly Server["retentionDays"][];

/** What a retention of `days` means, in words; 0 stores nothing. */
export const retentionLabel = (days: number): string =>
  days === 0 ? "Live only, nothing stored" : days === 1 ? "1 day" : `${days} days`;
