import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";

/** A window that ended so long before the evidence was collected is about the past: what is so now says little of it. */
const PAST_MS_MIN = 60_000;
export const isOfThePast = ({ window, collectedAt }: Evidence): boolean =>
  Date.parse(collectedAt) - Date.parse(window.to) > PAST_MS_MIN;

/** Calls went well then, as far as it is known: what stands in the way of every call now did not yet. */
export const workedThen = (evidence: Evidence): boolean =>
  isOfThePast(evidence) && (valueIn(evidence.logs.counts)?.now.callsOk ?? 1) > 0;
