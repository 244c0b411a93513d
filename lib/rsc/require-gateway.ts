import { cache } from "react";
import type { Gateway } from "#lib/contract/index.ts";
import { getGateway } from "#lib/domain/gateways/index.ts";
import { decodedSegment } from "./decoded-segment.ts";
import { notFoundPage, requireCtx } from "./require-ctx.ts";

/** The gateway of a page, by id or name as the address writes it; missing and not theirs are the same "not found". */
export const requireGateway = cache(async (org: string, gateway: string): Promise<Gateway> => {
  const ctx = await requireCtx(org);
  return getGateway(ctx, { gateway: decodedSegment(gateway) }).catch(notFoundPage);
});
