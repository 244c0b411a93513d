import { LogCanary } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { State, StateRule } from "./state-rule.ts";

interface Node {
  node: string;
  region: string;
  canary: unknown;
}

/**
 * An edge lives and its own log canary does not arrive, or no longer reports: what servers there write may be missing from
 * their logs. Told to every organization with a server that keeps logs, once per edge.
 */
export const logPipeline: StateRule = {
  rule: "log_pipeline",
  title: "Logs do not arrive",
  description: "A live edge's own log lines are lost, or its log canary stopped reporting.",
  async look({ database: { sql }, clock }) {
    const nowMs = clock.nowMs();
    const nodes = await sql<Node[]>`
      select node, region, canary from edge_nodes
      where stopped_at is null and canary is not null
        and heartbeat_at > ${new Date(nowMs - limits.nodes.silentMs).toISOString()}::timestamptz
      order by node limit ${limits.nodes.max}`;
    const broken = nodes.flatMap((node) => {
      const problem = problemOf(node.canary, nowMs);
      return problem === null ? [] : [{ ...node, problem }];
    });
    if (broken.length === 0) return { states: [] };
    const concerned = await sql<{ organization_id: string }[]>`
      select distinct organization_id from servers
      where deleted_at is null and status = 'active' and kind = 'hosted' and retention_days > 0
      order by organization_id`;
    return {
      states: concerned.flatMap(({ organization_id: organizationId }) =>
        broken.map(
          ({ node, region, problem }): State => ({
            organizationId,
            scope: `node:${node}`,
            severity: "warning",
            title: `Logs from ${region} may be missing`,
            detail: `${problem} Empty logs do not mean that nothing happened there.`,
            path: "/logs",
          }),
        ),
      ),
    };
  },
};

function problemOf(value: unknown, nowMs: number): string | null {
  const canary = LogCanary.safeParse(value).data;
  if (!canary) return null;
  if (nowMs - Date.parse(canary.at) > limits.canary.staleMs)
    return `The edge's log canary has not reported since ${canary.at}.`;
  return canary.state === "lost" ? (canary.problem ?? "Lines of the edge's log canary were lost.") : null;
}
