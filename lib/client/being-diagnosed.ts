import type { Incident } from "#lib/contract/index.ts";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";

/** Collecting has a bound; judging and saving are given as long again. */
const DIAGNOSED_MS_MAX = 2 * incidentLimits.collectMs;

/**
 * Whether somebody makes the first diagnosis of an incident now. One that failed leaves the incident pending; then this ends
 * with the time that a diagnosis may take, so that nobody waits for what does not come.
 */
export const isBeingDiagnosed = (
  { diagnosisStatus, updatedAt }: Pick<Incident, "diagnosisStatus" | "updatedAt">,
  nowMs: number,
): boolean => diagnosisStatus === "pending" && nowMs - Date.parse(updatedAt) < DIAGNOSED_MS_MAX;
