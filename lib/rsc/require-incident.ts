import { cache } from "react";
import type { IncidentDetail } from "#lib/contract/index.ts";
import { getIncident } from "#lib/domain/incidents/index.ts";
import { decodedSegment } from "./decoded-segment.ts";
import { notFoundPage, requireCtx } from "./require-ctx.ts";

/** The incident of a page, by number or id as the address writes it; missing and not theirs are the same "not found". */
export const requireIncident = cache(async (org: string, incident: string): Promise<IncidentDetail> => {
  const ctx = await requireCtx(org);
  return getIncident(ctx, { incident: decodedSegment(incident) }).catch(notFoundPage);
});
