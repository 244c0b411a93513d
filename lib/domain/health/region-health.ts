import type { RegionCheck, RegionHealth } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** An edge as its row tells. */
export interface NodeRow {
  node: string;
  region: string;
  version: string;
  startedAt: Date;
  heartbeatAt: Date;
  stoppedAt: Date | null;
}

/** A stored hosting check. */
export interface Probe {
  checkedAt: string;
  regions: readonly RegionCheck[];
}

interface Evidence {
  nodes: readonly NodeRow[];
  /** Newest first. */
  probes: readonly Probe[];
  /** When the server was last published, restarted, activated or deactivated; null: never. */
  changedAtMs: number | null;
  nowMs: number;
}

type NodeHealth = RegionHealth["nodes"][number];
type LastProbe = NonNullable<RegionHealth["lastProbe"]>;

/**
 * One row per region, by name. `down`: no edge lives there, or the last probe failed on all its edges. `degraded`: an edge
 * fell silent, or the last probe warned or failed on some. `healthy`: the rest, when a probe passed. `unknown`: nobody
 * probed since the server last changed: what was found before then says nothing about what serves now.
 */
export function regionHealth({ nodes, probes, changedAtMs, nowMs }: Evidence): RegionHealth[] {
  const regions = Map.groupBy(nodes, ({ region }) => region);
  return [...regions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([region, all]) => {
      const present = presentNodes(all, nowMs);
      if (present.length === 0) return [];
      const probe = probes.find((one) => one.regions.some((check) => check.region === region));
      const checks = probe?.regions.filter((check) => check.region === region) ?? [];
      const isCurrent = probe !== undefined && Date.parse(probe.checkedAt) >= (changedAtMs ?? 0);
      return [
        {
          region,
          state: stateOf(present, isCurrent ? checks : []),
          nodes: present,
          lastProbe: probe ? summaryOf(probe.checkedAt, checks) : null,
        },
      ];
    });
}

/**
 * The edges that live or should. One that ended in order, or that others in its region outlived by
 * `limits.nodes.expectedMs`, is expected no more; a region whose every edge fell silent stays, for it is down.
 */
function presentNodes(rows: readonly NodeRow[], nowMs: number): NodeHealth[] {
  const described = rows
    .map((row) => ({ row, health: nodeHealth(row, nowMs) }))
    .sort((a, b) => (a.row.node < b.row.node ? -1 : 1));
  const isLive = described.some(({ health }) => health.state === "live");
  return described
    .filter(({ row, health }) => {
      const lastMs = (row.stoppedAt ?? row.heartbeatAt).getTime();
      const isRecent = nowMs - lastMs <= limits.nodes.expectedMs;
      return isRecent || (health.state === "silent" && !isLive);
    })
    .map(({ health }) => health);
}

function nodeHealth(row: NodeRow, nowMs: number): NodeHealth {
  const isSilent = nowMs - row.heartbeatAt.getTime() > limits.nodes.silentMs;
  return {
    node: row.node,
    version: row.version,
    state: row.stoppedAt !== null ? "stopped" : isSilent ? "silent" : "live",
    heartbeatAt: row.heartbeatAt.toISOString(),
    startedAt: row.startedAt.toISOString(),
  };
}

function stateOf(nodes: readonly NodeHealth[], checks: readonly RegionCheck[]): RegionHealth["state"] {
  if (!nodes.some(({ state }) => state === "live")) return "down";
  if (checks.length === 0) return nodes.some(({ state }) => state === "silent") ? "degraded" : "unknown";
  if (checks.every(({ status }) => status === "failed")) return "down";
  const isWhole = nodes.every(({ state }) => state !== "silent");
  return isWhole && checks.every(({ status }) => status === "passed") ? "healthy" : "degraded";
}

const SEVERITY = ["passed", "warned", "failed"] as const;

/** The checks of one region as one: the worst of them, and the first step that did not pass there. */
function summaryOf(at: string, checks: readonly RegionCheck[]): LastProbe {
  const [worst] = [...checks].sort((a, b) => SEVERITY.indexOf(b.status) - SEVERITY.indexOf(a.status));
  const step = worst?.steps.find(({ status }) => status === worst.status && status !== "passed");
  return {
    status: worst?.status ?? "failed",
    at,
    durationMs: Math.max(0, ...checks.map(({ durationMs }) => durationMs)),
    failedStep: step?.name ?? null,
    detail: step?.detail ?? null,
  };
}
