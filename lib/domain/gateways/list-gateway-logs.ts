import { type GatewayLogPage, GatewayLogQuery } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { readGatewayLog } from "../requests/index.ts";
import { getServerRow } from "../servers/index.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/**
 * What passed a gateway and what was decided about it, newest first: by page, pinned to `asOf`, or by cursor. Rows
 * older than their server's retention are not shown. `total` stops at `limits.requests.totalMax + 1` and says so.
 */
export const listGatewayLogs = query({
  name: "gateway.logs",
  scope: "logs:read",
  input: GatewayLogQuery.extend(GatewayRef.shape),
  run: async (ctx, { gateway, server, ...input }): Promise<GatewayLogPage> => {
    const { db } = ctx.database;
    const row = await getGatewayRow(db, ctx.organization.id, gateway);
    const serverId = server === undefined ? null : (await getServerRow(db, row.organizationId, server)).id;
    return readGatewayLog(ctx, { gatewayId: row.id, serverId, ...input });
  },
});
