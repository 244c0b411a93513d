import { cache } from "react";
import type { Gateway } from "#lib/contract/index.ts";
import { getGateway } from "#lib/domain/gateways/index.ts";
import { notFoundPage, requireCtx } from "./require-ctx.ts";

/** The gateway of a page, by id or name as the address writes it; missing and not theirs are the same "not found". */
export const requireGateway = cache(async (org: string, gateway: string): Promise<Gateway> => {
  const ctx = await requireCtx(org);
  return getGateway(ctx, { gateway: decoded(gateway) }).catch(notFoundPage);
});

/** Names have spaces, which an address encodes. What is no encoding stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
