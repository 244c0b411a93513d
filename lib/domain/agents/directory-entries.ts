import { and, asc, eq, isNull } from "drizzle-orm";
import { agentServers, agents } from "#drizzle/schema/index.ts";
import { OnUnavailable, type PauseReason } from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { type AgentRow, pauseReasonOf } from "./agent-row.ts";

/** What the data plane needs of one agent, so that it never asks the database on a request. Caps in micros. */
export interface DirectoryAgent {
  id: string;
  organizationId: string;
  name: string;
  isPaused: boolean;
  /** Null while it runs. */
  pauseReason: PauseReason | null;
  /** Servers that it may call. */
  serverIds: ReadonlySet<string>;
  budget: DirectoryBudget;
}

/** Caps of a calendar month in UTC; null: no cap. */
export interface DirectoryBudget {
  monthlyCapMicros: bigint | null;
  defaultUserCapMicros: bigint | null;
  anonymousUserCapMicros: bigint | null;
  sessionCapMicros: bigint | null;
  userCaps: ReadonlyMap<string, bigint>;
  onUnavailable: OnUnavailable;
  /** Null: loops are not watched. */
  loopCallsPerMinuteMax: number | null;
}

/** All agents that are not deleted, at most `limits.agents.directoryAgentsMax`, which organizations cannot fill alone. */
export async function loadAgentEntries({ db }: Pick<Database, "db">): Promise<DirectoryAgent[]> {
  const [rows, attached] = await Promise.all([
    db
      .select()
      .from(agents)
      .where(isNull(agents.deletedAt))
      .orderBy(asc(agents.id))
      .limit(limits.agents.directoryAgentsMax),
    db
      .select({ agentId: agentServers.agentId, serverId: agentServers.serverId })
      .from(agentServers)
      .innerJoin(
        agents,
        and(eq(agents.organizationId, agentServers.organizationId), eq(agents.id, agentServers.agentId)),
      )
      .where(isNull(agents.deletedAt)),
  ]);
  const serversOf = new Map<string, Set<string>>();
  for (const { agentId, serverId } of attached) {
    const servers = serversOf.get(agentId) ?? new Set();
    serversOf.set(agentId, servers.add(serverId));
  }
  return rows.map((row) => toEntry(row, serversOf.get(row.id) ?? new Set()));
}

function toEntry(row: AgentRow, serverIds: ReadonlySet<string>): DirectoryAgent {
  const pauseReason = pauseReasonOf(row);
  return {
    id: row.id,
    organizationId: row.organizationId,
    name: row.name,
    isPaused: pauseReason !== null,
    pauseReason,
    serverIds,
    budget: {
      monthlyCapMicros: row.monthlyCapMicros,
      defaultUserCapMicros: row.defaultUserCapMicros,
      anonymousUserCapMicros: row.anonymousUserCapMicros,
      sessionCapMicros: row.sessionCapMicros,
      userCaps: new Map(Object.entries(row.userCaps).map(([endUser, cap]) => [endUser, microsOf(cap)])),
      onUnavailable: OnUnavailable.catch("deny").parse(row.onUnavailable),
      loopCallsPerMinuteMax: row.loopCallsPerMinuteMax,
    },
  };
}
