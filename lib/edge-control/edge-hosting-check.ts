import type { z } from "zod";
import type { HostingCheckRequest } from "#lib/contract/edge-control.ts";
import { type HostingStep, RegionCheck } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { EdgeAddress, EdgeClient } from "./edge-client.ts";

interface HostingCheckCall {
  serverId: string;
  demands: z.output<typeof HostingCheckRequest>;
  onProblem(node: string, error: unknown): void;
}

/** The check of one edge. One that does not answer is a check that failed; throws `limit_reached` when it is too busy. */
export async function checkHostingOn(
  edge: Pick<EdgeAddress, "node" | "region">,
  { call }: EdgeClient,
  { serverId, demands, onProblem }: HostingCheckCall,
): Promise<RegionCheck> {
  const startedMs = performance.now();
  try {
    return await call({
      method: "POST",
      path: `/servers/${encodeURIComponent(serverId)}/hosting-check`,
      body: demands,
      timeoutMs: limits.checks.hostingCheckTimeoutMs,
      response: RegionCheck,
    });
  } catch (error) {
    // Says nothing about the server.
    if (error instanceof DomainError && error.code === "limit_reached") throw error;
    onProblem(edge.node, error);
    return silentCheck(edge, error, performance.now() - startedMs);
  }
}

/** What cannot be said about an edge that does not answer. */
function silentCheck(
  { node, region }: Pick<EdgeAddress, "node" | "region">,
  error: unknown,
  elapsedMs: number,
): RegionCheck {
  const durationMs = Math.round(elapsedMs * 10) / 10;
  const skipped = (name: HostingStep["name"]): HostingStep => ({
    name,
    status: "skipped",
    durationMs: 0,
    detail: "The edge did not run the check.",
    fix: "",
  });
  const routing: HostingStep = {
    name: "routing",
    status: "failed",
    durationMs,
    detail: error instanceof DomainError ? error.message : "The edge could not be asked.",
    fix: "Check that this edge runs, then run the check again.",
  };
  return {
    region,
    node,
    status: "failed",
    steps: [skipped("dns"), skipped("tls"), routing, skipped("runtime"), skipped("tools/list")],
    durationMs,
  };
}
