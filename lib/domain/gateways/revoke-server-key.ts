import { z } from "zod";
import { command } from "../access/index.ts";
import { announced, getServerRow, ServerRef } from "../servers/index.ts";
import { revokeHeldKey } from "./revoke-held-key.ts";

/** Revokes a key of a server's direct URL: within two seconds no edge lets it in any more. */
export const revokeServerKey = announced(
  command({
    name: "server.revokeKey",
    scope: "gateways:write",
    input: ServerRef.extend({ key: z.string().max(200) }),
    run: async (ctx, { server, key }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server);
      return revokeHeldKey(ctx, { organizationId: row.organizationId, serverId: row.id }, key);
    },
  }),
  (revoked) => revoked.id,
);
