import { cache } from "react";
import type { Agent } from "#lib/contract/index.ts";
import { getAgent } from "#lib/domain/agents/index.ts";
import { decodedSegment } from "./decoded-segment.ts";
import { notFoundPage, requireCtx } from "./require-ctx.ts";

/** The agent of a page, by id or name as the address writes it; missing and not theirs are the same "not found". */
export const requireAgent = cache(async (org: string, agent: string): Promise<Agent> => {
  const ctx = await requireCtx(org);
  return getAgent(ctx, { agent: decodedSegment(agent) }).catch(notFoundPage);
});
