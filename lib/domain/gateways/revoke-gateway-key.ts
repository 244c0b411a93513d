import { z } from "zod";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";
import { revokeHeldKey } from "./revoke-held-key.ts";

/** Revokes a key of a gateway: within two seconds no edge lets it in any more. */
export const revokeGatewayKey = announced(
  command({
    name: "gateway.revokeKey",
    scope: "gateways:write",
    input: GatewayRef.extend({ key: z.string().max(200) }),
    run: async (ctx, { gateway, key }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway);
      return revokeHeldKey(ctx, { organizationId: row.organizationId, gatewayId: row.id }, key);
    },
  }),
  (revoked) => revoked.id,
);
