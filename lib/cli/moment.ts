import { usageError } from "./cli-error.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as people write it, `15m` ago or a time, as the API takes it. `flag` is who is told when it is none. */
export function momentOf(flag: string, text: string, nowMs: number): string {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const atMs = count === undefined ? Date.parse(text) : nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999 || date.getUTCFullYear() < 0)
    throw usageError(
      `--${flag} ${JSON.stringify(text)} is no time.`,
      `For example: --${flag} 15m, --${flag} 2h or --${flag} 2026-03-01T12:00:00Z.`,
    );
  return date.toISOString();
}
