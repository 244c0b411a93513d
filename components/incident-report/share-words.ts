import type { Tone } from "#components/ui/pill.tsx";
import type { IncidentShare } from "#lib/contract/incidents.ts";

const DAY_MS = 86_400_000;

/** How long a link may work. */
export const SHARE_LENGTHS = [
  { value: String(3_600_000), label: "1 hour" },
  { value: String(DAY_MS), label: "1 day" },
  { value: String(7 * DAY_MS), label: "7 days" },
  { value: String(30 * DAY_MS), label: "30 days" },
] as const;
export const SHARE_LENGTH_DEFAULT: string = SHARE_LENGTHS[2].value;

export type ShareState = "works" | "expired" | "revoked";
export const SHARE_TONES: Readonly<Record<ShareState, Tone>> = {
  works: "ok",
  expired: "neutral",
  revoked: "neutral",
};

/** Whether a link opens anything now. A link that was revoked stays revoked, also after its end. */
export function stateOfShare(
  { revokedAt, expiresAt }: Pick<IncidentShare, "revokedAt" | "expiresAt">,
  nowMs: number,
): ShareState {
  if (revokedAt !== null) return "revoked";
  return Date.parse(expiresAt) <= nowMs ? "expired" : "works";
}
