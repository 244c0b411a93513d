import { CreateAccessKey } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";
import { makeKey } from "./make-key.ts";

/** Makes a key of a gateway and answers its secret, this once. What it may call is up to the gateway's grants. */
export const createGatewayKey = announced(
  command({
    name: "gateway.createKey",
    scope: "gateways:write",
    input: GatewayRef.extend(CreateAccessKey.shape),
    run: async (ctx, { gateway, ...key }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway, { lock: true });
      const holder = { organizationId: row.organizationId, gatewayId: row.id };
      return makeKey(ctx, { holder, keysMax: limits.gateways.keysPerGatewayMax }, key);
    },
  }),
  (key) => key.id,
);
