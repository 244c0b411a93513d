import type { z } from "zod";
import {
  CrashesResponse,
  Done,
  DrainAnswer,
  LogStreamLoad,
  RuntimeStatusResponse,
  StartWaitsResponse,
} from "#lib/contract/edge-control.ts";
import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { RuntimeDoor } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createEdgeClient, type EdgeAddress, type EdgeCall, type EdgeClient } from "./edge-client.ts";
import { checkHostingOn } from "./edge-hosting-check.ts";
import { startTrialOn } from "./edge-trial.ts";

export interface FleetControlOptions {
  /** The edges that are expected to live. May fail while the database is away. */
  nodes(): Promise<readonly EdgeAddress[]>;
  internalSecret: string;
  /** The edge of this machine: asked when no other is known, and for what only it knows. */
  fallback: EdgeAddress;
  /** Told what one edge did wrong where the others go on without it. */
  onProblem?(node: string, error: unknown): void;
}

export interface FleetControl extends RuntimeDoor {
  close(): Promise<void>;
}

/**
 * The data plane of the whole installation as other processes reach it. The list of edges is reused for
 * `limits.nodes.listMs`, and the last one known while the database is away. What one edge does wrong does not fail the
 * others: a call fails only when every edge failed.
 */
export function createFleetControl(options: FleetControlOptions): FleetControl {
  const { fallback, internalSecret, onProblem = () => undefined } = options;
  const clients = new Map<string, EdgeClient>();
  let list: { edges: readonly EdgeAddress[]; atMs: number } | null = null;
  let reading: Promise<readonly EdgeAddress[]> | null = null;

  async function read(): Promise<readonly EdgeAddress[]> {
    let known: readonly EdgeAddress[];
    try {
      known = await within(limits.nodes.listTimeoutMs, options.nodes());
    } catch (error) {
      onProblem("(list)", error);
      known = list?.edges ?? [];
    }
    const edges = known.some(({ isSilent }) => !isSilent) ? known.slice(0, limits.nodes.max) : [fallback];
    list = { edges, atMs: performance.now() };
    return edges;
  }

  const expected = (): Promise<readonly EdgeAddress[]> => {
    if (list && performance.now() - list.atMs < limits.nodes.listMs) return Promise.resolve(list.edges);
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  const live = async (): Promise<readonly EdgeAddress[]> =>
    (await expected()).filter(({ isSilent }) => !isSilent);

  function clientOf({ node, controlAddress }: EdgeAddress): EdgeClient {
    const key = `${node} ${controlAddress}`;
    const known = clients.get(key);
    if (known) return known;
    const client = createEdgeClient({ node, controlAddress }, internalSecret);
    clients.set(key, client);
    // Edges come and go: the one that was first is the likeliest to be gone.
    const [oldest] = clients.keys();
    if (clients.size > limits.nodes.max && oldest !== undefined) {
      void clients.get(oldest)?.close();
      clients.delete(oldest);
    }
    return client;
  }

  /**
   * What every live edge answered; those that are away are reported and left out. Throws when all are, and whatever
   * else an edge said.
   */
  async function onAll<Schema extends z.ZodType>(request: EdgeCall<Schema>): Promise<z.output<Schema>[]> {
    const edges = await live();
    const settled = await Promise.allSettled(edges.map((edge) => clientOf(edge).call(request)));
    const answers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failures = settled.flatMap((result, index) =>
      result.status === "rejected" ? [{ node: edges[index]?.node ?? "", error: result.reason }] : [],
    );
    const refusal =
      failures.find(({ error }) => !isAway(error)) ?? (answers.length === 0 ? failures[0] : null);
    if (refusal) throw refusal.error;
    for (const { node, error } of failures) onProblem(node, error);
    return answers;
  }

  /** Asks the edges of one region in turn until one can be reached. */
  async function onFirstOf<Answer>(
    edges: readonly EdgeAddress[],
    ask: (edge: EdgeAddress) => Promise<Answer>,
  ): Promise<Answer> {
    let failure: unknown;
    for (const edge of edges) {
      try {
        return await ask(edge);
      } catch (error) {
        if (!isAway(error)) throw error;
        onProblem(edge.node, error);
        failure = error;
      }
    }
    throw failure;
  }

  async function statusOn(edge: EdgeAddress, serverId: string): Promise<RuntimeStatus[]> {
    if (edge.isSilent) return [unknownStatus(edge)];
    try {
      return await clientOf(edge).call({
        method: "GET",
        path: serverPath(serverId, "runtime"),
        timeoutMs: limits.control.statusTimeoutMs,
        response: RuntimeStatusResponse,
      });
    } catch (error) {
      onProblem(edge.node, error);
      return [unknownStatus(edge)];
    }
  }

  return {
    async startTrials(input) {
      const regions = Map.groupBy(await live(), ({ region }) => region);
      const settled = await Promise.allSettled(
        [...regions.values()].map((edges) =>
          onFirstOf(edges, (edge) => startTrialOn(edge, clientOf(edge), input)),
        ),
      );
      const starts = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      const rejected = settled.filter((result) => result.status === "rejected");
      // A region whose edges are all away serves nothing that could be harmed.
      const failed =
        rejected.find(({ reason }) => !isAway(reason)) ?? (starts.length === 0 ? rejected[0] : undefined);
      if (!failed) return starts;
      await Promise.all(starts.map((start) => (start.ok ? start.trial.stop() : [])));
      throw failed.reason;
    },
    async refresh(serverId) {
      await onAll({
        method: "POST",
        path: serverPath(serverId, "refresh"),
        timeoutMs: limits.control.refreshTimeoutMs,
        response: Done,
      });
    },
    async drain(serverId, versionId, timeoutMs) {
      const answers = await onAll({
        method: "POST",
        path: serverPath(serverId, "drain"),
        body: { versionId, timeoutMs },
        timeoutMs: timeoutMs + limits.control.drainGraceMs,
        response: DrainAnswer,
      });
      return answers.reduce((sum, answer) => ({
        inFlight: sum.inFlight + answer.inFlight,
        sessions: sum.sessions + answer.sessions,
        waitedMs: Math.max(sum.waitedMs, answer.waitedMs),
      }));
    },
    async restart(serverId) {
      await onAll({
        method: "POST",
        path: serverPath(serverId, "restart"),
        timeoutMs: limits.control.restartTimeoutMs,
        response: Done,
      });
    },
    async status(serverId) {
      const edges = await expected();
      return (await Promise.all(edges.map((edge) => statusOn(edge, serverId)))).flat();
    },
    async hostingCheck(serverId, demands) {
      const known = await expected();
      const liveRegions = new Set(known.filter(({ isSilent }) => !isSilent).map(({ region }) => region));
      // A silent edge that others of its region stand in for harms no caller; a region that fell silent is down.
      const edges = known.filter(({ isSilent, region }) => !isSilent || !liveRegions.has(region));
      return Promise.all(
        edges.map((edge) => checkHostingOn(edge, clientOf(edge), { serverId, demands, onProblem })),
      );
    },
    async crashes(serverId) {
      const answers = await onAll({
        method: "GET",
        path: serverPath(serverId, "crashes"),
        timeoutMs: limits.control.statusTimeoutMs,
        response: CrashesResponse,
      });
      return answers.flat().sort((one, other) => other.at.localeCompare(one.at));
    },
    async startWaits(serverId) {
      const answers = await onAll({
        method: "GET",
        path: serverPath(serverId, "start-waits"),
        timeoutMs: limits.control.statusTimeoutMs,
        response: StartWaitsResponse,
      });
      return answers.flat().sort((one, other) => other.at.localeCompare(one.at));
    },
    /** Viewers connect to the edge of this machine; without one, to any. */
    async logStream(serverId) {
      const others = (await live()).filter(
        ({ controlAddress }) => controlAddress !== fallback.controlAddress,
      );
      return onFirstOf([fallback, ...others], (edge) =>
        clientOf(edge).call({
          method: "GET",
          path: serverPath(serverId, "log-stream"),
          timeoutMs: limits.control.statusTimeoutMs,
          response: LogStreamLoad,
        }),
      );
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
      clients.clear();
    },
  };
}

const isAway = (error: unknown): boolean => error instanceof DomainError && error.code === "unavailable";

async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const serverPath = (serverId: string, what: string): string =>
  `/servers/${encodeURIComponent(serverId)}/${what}`;

const unknownStatus = ({ node, region }: EdgeAddress): RuntimeStatus => ({
  state: "unknown",
  region,
  node,
  version: null,
  since: null,
  restarts: 0,
  inFlight: 0,
  residentBytes: null,
  cpuMs: null,
  lastExit: null,
});
