import { z } from "zod";
import { ReachQuery, type ReachReport } from "#lib/contract/index.ts";
import { query } from "../../access/index.ts";
import { askedWindow } from "../asked-window.ts";
import { namedAgentId, namedServer } from "../named-rows.ts";
import { reachOf } from "./reach-of.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * How far each client came to a server in a window, and whether the one that is asked for came at all. Throws `not_found` for a
 * server or an agent that is not the organization's, `invalid_input` for a window that is none.
 */
export const getReach = query({
  name: "diagnosis.reach",
  scope: "incidents:read",
  input: ReachQuery.extend({ server: z.string().min(1).max(64) }),
  run: async (ctx, { server: ref, agent, client, from, to }): Promise<ReachReport> => {
    const { sql } = ctx.database;
    const nowMs = ctx.clock.nowMs();
    const window = askedWindow({ from, to }, nowMs);
    const organizationId = ctx.organization.id;
    const server = await namedServer(sql, organizationId, ref);
    const agentId = agent === undefined ? null : await namedAgentId(sql, organizationId, agent);
    const clients = await reachOf(sql, { organizationId, serverId: server.id, window, client, agentId });
    const isAskedFor = (reach: (typeof clients)[number]): boolean =>
      (client === undefined || reach.client === client) && (agentId === null || reach.agentId === agentId);
    return {
      window: { from: new Date(window.fromMs).toISOString(), to: new Date(window.toMs).toISOString() },
      clients,
      didNotArrive: (client !== undefined || agentId !== null) && !clients.some(isAskedFor),
      urls: {
        // Behind a gateway the direct URL is closed to callers.
        direct:
          server.publicId !== null || server.directAccess === "off" ? null : ctx.doors.mcpUrl(server.slug),
        gateway: server.publicId === null ? null : ctx.doors.gatewayUrl(server.publicId),
      },
      knownSince: new Date(Math.max(server.createdAtMs, nowMs - server.retentionDays * DAY_MS)).toISOString(),
    };
  },
});
