import type { buildConnector } from "undici";
import type { HostingStep, RegionCheck } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory, ServerEntry } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import { type ReachOptions, type ResolvedTarget, resolveTarget } from "../network/index.ts";
import { type CheckedHost, checkedHost } from "./checked-host.ts";
import { dnsFailure, dnsFinding } from "./dns-step.ts";
import { checkRouting } from "./routing-step.ts";
import { checkRuntime, checkUpstream, LATE_START } from "./runtime-step.ts";
import { createStepRunner, type Finding, failed, isFailed } from "./step.ts";
import { checkTls } from "./tls-step.ts";
import { judgeToolsList, listToolsInBothEras, type ToolExpectations } from "./tools-step.ts";

export interface HostingCheckOptions {
  directory: Pick<ServerDirectory, "byId" | "gatewayById">;
  driver: Pick<RuntimeDriver, "lease" | "status">;
  /** What connected servers may reach, and the connector that holds to it. */
  reach: ReachOptions;
  connect: buildConnector.connector;
  publicUrl: string;
  /** Where this edge itself is reached. */
  ownUrl(): string;
  internalSecret: string;
  region: string;
  node: string;
  clock: Clock;
  ids: IdSource;
  log: Log;
  /** PEM certificates that are trusted besides the machine's own. */
  authorities?: readonly string[];
  times?: { hostingStepTimeoutMs?: number; hostingCheckMs?: number };
}

/** Checks a server on this edge. Never fails for what the server does; `limit_reached` when too many checks run. */
export type RunHostingCheck = (serverId: string, expectations: ToolExpectations) => Promise<RegionCheck>;

/**
 * The hosting check of this edge. Steps that need nothing of each other run side by side. A check of a server that is
 * under way already is shared.
 */
export function createHostingCheck(options: HostingCheckOptions): RunHostingCheck {
  const underWay = new Map<string, Promise<RegionCheck>>();
  return async (serverId, expectations) => {
    const key = JSON.stringify([serverId, expectations]);
    const shared = underWay.get(key);
    if (shared) return shared;
    if (underWay.size >= limits.checks.hostingChecksAtOnceMax)
      throw new DomainError(
        "limit_reached",
        "This edge runs too many hosting checks. Try again in a moment.",
        { retryable: true, retryAfterSeconds: 5 },
      );
    const check = runCheck(options, options.directory.byId(serverId), expectations).finally(() =>
      underWay.delete(key),
    );
    underWay.set(key, check);
    return check;
  };
}

async function runCheck(
  options: HostingCheckOptions,
  server: ServerEntry | undefined,
  expectations: ToolExpectations,
): Promise<RegionCheck> {
  const { clock, log, region, node, times } = options;
  const startedMs = clock.monotonicMs();
  const { hostingStepTimeoutMs, hostingCheckMs } = { ...limits.checks, ...times };
  const run = createStepRunner({ clock, log, stepTimeoutMs: hostingStepTimeoutMs, totalMs: hostingCheckMs });
  const steps = await runSteps(
    { options, server, host: checkedHost(server, options.publicUrl), run },
    expectations,
  );
  return {
    region,
    node,
    status: worstOf(steps),
    steps,
    durationMs: Math.round((clock.monotonicMs() - startedMs) * 10) / 10,
  };
}

interface Check {
  options: HostingCheckOptions;
  server: ServerEntry | undefined;
  host: CheckedHost | null;
  run: ReturnType<typeof createStepRunner>;
}

async function runSteps(check: Check, expectations: ToolExpectations): Promise<HostingStep[]> {
  const { options, server, run } = check;
  const looking = lookFromOutside(check);
  const routing = await run({
    name: "routing",
    needs: [],
    fixWhenLate: "Check the load of this edge's machine.",
    work: ({ signal }) =>
      checkRouting({
        server,
        gateway: server?.gateway ? options.directory.gatewayById(server.gateway.id) : undefined,
        ownUrl: options.ownUrl(),
        publicUrl: options.publicUrl,
        signal,
      }),
  });
  const runtime = await lookAtRuntime(check, routing, looking);
  const tools = await run({
    name: "tools/list",
    needs: [routing, runtime],
    fixWhenLate: "Look at the server's logs for what it waits on.",
    work: async ({ timeoutMs }) =>
      judgeToolsList(await listToolsInBothEras(options, known(server).slug, timeoutMs), expectations),
  });
  const { dns, tls } = await looking;
  return [dns, tls, routing, runtime, tools];
}

interface OutsideSteps {
  dns: HostingStep;
  tls: HostingStep;
}

async function lookFromOutside({ options, host, run }: Check): Promise<OutsideSteps> {
  let target: ResolvedTarget | null = null;
  const dns = await run({
    name: "dns",
    needs: [],
    fixWhenLate: "Check the DNS resolver of this edge's machine.",
    work: async (): Promise<Finding> => {
      if (host === null) return failed("The server has no valid upstream URL.", "Set one in its settings.");
      // Our own public host may be in any network.
      const reach = host.isUpstream ? options.reach : { ...options.reach, allowPrivate: true, aliases: {} };
      try {
        target = await resolveTarget(host.url, reach);
        return dnsFinding(host, target);
      } catch (error) {
        return dnsFailure(host, error);
      }
    },
  });
  const tls = await run({
    name: "tls",
    needs: [dns],
    fixWhenLate: "Check that no firewall drops the packets on the way.",
    work: async ({ signal }) => {
      if (host === null || target === null) throw new Error("dns passed without a target");
      const { clock, authorities = [] } = options;
      return checkTls({ host, target, signal, nowMs: clock.nowMs(), authorities });
    },
  });
  return { dns, tls };
}

/** Our own runtime needs only that the server is active; an upstream is reached over the network. */
async function lookAtRuntime(
  { options, server, host, run }: Check,
  routing: HostingStep,
  looking: Promise<OutsideSteps>,
): Promise<HostingStep> {
  if (server?.kind === "connected") {
    const { dns, tls } = await looking;
    return run({
      name: "runtime",
      needs: [dns, tls],
      fixWhenLate: "The upstream takes the connection and then says nothing: look at its own logs.",
      work: async (time) => {
        if (host === null) throw new Error("dns passed without a host");
        return checkUpstream(host.url, options.connect, time);
      },
    });
  }
  const { driver, clock, ids } = options;
  return run({
    name: "runtime",
    needs: [routing],
    fixWhenLate: LATE_START,
    work: async () => checkRuntime(known(server), { driver, clock, requestId: ids.id("req") }),
  });
}

function known(server: ServerEntry | undefined): ServerEntry {
  if (server) return server;
  throw new Error("routing passed without a server");
}

function worstOf(steps: readonly HostingStep[]): RegionCheck["status"] {
  if (steps.some(isFailed)) return "failed";
  return steps.some(({ status }) => status === "warned") ? "warned" : "passed";
}
