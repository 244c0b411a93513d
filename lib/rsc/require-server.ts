import { cache } from "react";
import type { Server } from "#lib/contract/index.ts";
import { getServer } from "#lib/domain/servers/index.ts";
import { notFoundPage, requireCtx } from "./require-ctx.ts";

/** The server of a page, by slug or id; missing and not theirs are the same "not found". */
export const requireServer = cache(async (org: string, server: string): Promise<Server> => {
  const ctx = await requireCtx(org);
  return getServer(ctx, { server }).catch(notFoundPage);
});
