import { z } from "zod";
import { CompareQuery, type WindowComparison } from "#lib/contract/index.ts";
import { query } from "../../access/index.ts";
import { askedWindow } from "../asked-window.ts";
import { namedAgentId, namedServer } from "../named-rows.ts";
import { compareWindows } from "./compare-windows.ts";

/**
 * What moved in the calls of a server between a window and an earlier one: see `compareWindows`. Throws `not_found` for a server
 * or an agent that is not the organization's, `invalid_input` for a window that is none.
 */
export const compareServerWindows = query({
  name: "diagnosis.compare",
  scope: "incidents:read",
  input: CompareQuery.extend({ server: z.string().min(1).max(64) }),
  run: async (ctx, { server: ref, agent, tool, against, from, to }): Promise<WindowComparison> => {
    const { sql } = ctx.database;
    const window = askedWindow({ from, to }, ctx.clock.nowMs());
    const organizationId = ctx.organization.id;
    const server = await namedServer(sql, organizationId, ref);
    const agentId = agent === undefined ? null : await namedAgentId(sql, organizationId, agent);
    const calls = { organizationId, serverId: server.id, agentId, tool };
    const [comparison] = await compareWindows(sql, { ...calls, window, against: [against] });
    if (!comparison) throw new Error("comparing with one window answered none");
    return comparison;
  },
});
