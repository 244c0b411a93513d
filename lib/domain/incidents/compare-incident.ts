import { z } from "zod";
import { COMPARE_AGAINST, type WindowComparison } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { query } from "../access/index.ts";
import { compareServerWindows } from "../diagnosis/index.ts";
import { getIncidentRow, IncidentRef } from "./incident-row.ts";

/**
 * What moved in the calls of an incident's window against an earlier one, of its server, agent and tool. Throws `conflict` for
 * an incident that is about no server.
 */
export const compareIncident = query({
  name: "incident.compare",
  scope: "incidents:read",
  input: IncidentRef.extend({ against: z.enum(COMPARE_AGAINST).default("previous") }),
  run: async (ctx, { incident, against }): Promise<WindowComparison> => {
    const row = await getIncidentRow(ctx.database.db, ctx.organization.id, incident);
    if (row.serverId === null)
      throw new DomainError(
        "conflict",
        "This incident is about no server, so there are no calls to compare.",
      );
    return compareServerWindows(ctx, {
      server: row.serverId,
      from: row.windowFrom.toISOString(),
      to: row.windowTo.toISOString(),
      against,
      ...(row.agentId !== null && { agent: row.agentId }),
      ...(row.tool !== null && { tool: row.tool }),
    });
  },
});
