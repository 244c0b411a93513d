import { query } from "../access/index.ts";
import { describeGateway } from "./describe-gateways.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/** One gateway by id or name, with the servers behind it. Throws `not_found`. */
export const getGateway = query({
  name: "gateway.get",
  scope: "gateways:read",
  input: GatewayRef,
  run: async (ctx, { gateway }) => {
    const { db } = ctx.database;
    return describeGateway({ ...ctx, db }, await getGatewayRow(db, ctx.organization.id, gateway));
  },
});
