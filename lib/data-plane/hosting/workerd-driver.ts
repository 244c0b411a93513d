import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RuntimeStatus } from "#lib/contract/index.ts";
import type { BundleModules, Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import { createBundleCache } from "./bundle-cache.ts";
import { runtimeModules } from "./bundle-modules.ts";
import { createConsoleCollector } from "./console-collector.ts";
import { createEgressProxy, type EgressLimits } from "./egress-proxy.ts";
import { detectIsolation, type FindTool } from "./isolation.ts";
import { clearLeftovers } from "./leftovers.ts";
import type { RuntimeDriver } from "./runtime-driver.ts";
import { type RuntimeLimits, runtimeLimits } from "./runtime-limits.ts";
import { type RuntimeHost, startRuntimeProcess } from "./runtime-process.ts";
import { createServerRuntime, type ServerRuntime } from "./server-runtime.ts";
import { workerdBinary } from "./workerd-binary.ts";

export interface WorkerdDriverOptions {
  /** Short path: unix sockets live below it. Only one edge at a time may use it. */
  runDir: string;
  /** Where bundles are kept by their hash. */
  cacheDir: string;
  /** The stored bundle of a version. Throws when there is none. */
  loadBundle(organizationId: string, sha256: string): Promise<BundleModules>;
  sink: ObservationSink;
  clock: Clock;
  log: Log;
  /** Lets hosted code reach private addresses; never link-local or metadata ones. */
  allowPrivate: boolean;
  /** Operator-declared names that hosted code may reach although they are private: `name` → `host:port`. */
  egressHosts: Readonly<Record<string, string>>;
  region: string;
  node: string;
  limits?: Partial<RuntimeLimits>;
  egressLimits?: Partial<EgressLimits>;
  /** Where the isolation tools of the host are; by default looked for in the system's directories. */
  findTool?: FindTool;
}

const shuttingDown = (): DomainError =>
  new DomainError("unavailable", "This node is shutting down.", { retryAfterSeconds: 1 });

interface Trial {
  tick(): void;
  stop(): Promise<void>;
}

/**
 * The embedded driver: one workerd process per (server, version), on unix sockets, started when first used. Creating
 * it ends whatever an earlier edge left behind in `runDir`. Throws DomainError `unavailable` without a runtime binary.
 */
export function createWorkerdDriver(options: WorkerdDriverOptions): RuntimeDriver {
  const { clock, log, sink } = options;
  const limits = runtimeLimits(options.limits);
  const binary = workerdBinary();
  mkdirSync(options.runDir, { recursive: true });
  const directory = join(options.runDir, "rt");
  clearLeftovers(directory, log);
  // A fenced runtime passes through on its way to its own directory; it can list neither.
  if (process.getuid?.() === 0) for (const path of [options.runDir, directory]) chmodSync(path, 0o711);

  const egress = createEgressProxy({
    sink,
    clock,
    reach: { allowPrivate: options.allowPrivate, aliases: options.egressHosts },
    limits: options.egressLimits,
  });
  const host: RuntimeHost = {
    binary,
    isolation: detectIsolation(binary, directory, log, options.findTool),
    collector: createConsoleCollector(),
    egress,
    sink,
    clock,
    log,
    limits,
    nextDirectory: () => join(directory, randomBytes(5).toString("hex")),
  };
  const bundles = createBundleCache(options.cacheDir, options.loadBundle, log);
  const servers = new Map<string, ServerRuntime>();
  const trials = new Set<Trial>();
  let closed = false;

  /** Room for one more process, made by stopping whoever is idle longest. Throws `limit_reached` without any. */
  function makeRoom(): void {
    const all = [...servers.values()];
    const running = all.reduce((sum, server) => sum + server.processes, trials.size);
    if (running < limits.runtimesMax) return;
    const idle = all.flatMap((server) => server.idle());
    // Sessions would be lost with their process, so those go last.
    idle.sort((a, b) => Number(a.hasSessions) - Number(b.hasSessions) || a.sinceMs - b.sinceMs);
    const longest = idle[0];
    if (longest === undefined) {
      throw new DomainError(
        "limit_reached",
        `This node already runs ${limits.runtimesMax} servers at once.`,
        {
          retryable: true,
          retryAfterSeconds: 5,
        },
      );
    }
    longest.stop();
  }

  async function start(entry: ServerEntry) {
    const { version } = entry;
    if (version === null) throw new DomainError("server_inactive", "The server has no published version.");
    makeRoom();
    const modules = await bundles.modules(entry.organizationId, version.sha256);
    return await startRuntimeProcess(host, {
      organizationId: entry.organizationId,
      serverId: entry.id,
      version,
      modules,
      environment: entry.environment,
    });
  }

  function runtimeOf(serverId: string): ServerRuntime {
    let runtime = servers.get(serverId);
    if (runtime === undefined) {
      runtime = createServerRuntime({ serverId, start, limits, clock, log, sink });
      servers.set(serverId, runtime);
    }
    return runtime;
  }

  const timer = setInterval(() => {
    for (const [id, server] of servers) {
      server.tick();
      if (server.isGone) servers.delete(id);
    }
    for (const trial of trials) trial.tick();
  }, limits.watchdogIntervalMs);
  timer.unref();

  return {
    lease(server, requestId, version) {
      if (closed) throw shuttingDown();
      return runtimeOf(server.id).lease(server, requestId, version ?? null);
    },

    async trial({ server, version, bundle, environment }) {
      if (closed) throw shuttingDown();
      if (trials.size >= limits.trialsConcurrentMax) {
        throw new DomainError("limit_reached", "Too many bundles are being tried at once.", {
          retryable: true,
          retryAfterSeconds: 5,
        });
      }
      const modules = runtimeModules(bundle);
      const slot: Trial = { tick: () => undefined, stop: async () => undefined };
      trials.add(slot);
      try {
        const process = await startRuntimeProcess(host, {
          organizationId: server.organizationId,
          serverId: server.id,
          version: { ...version, sha256: "" },
          modules,
          environment,
        });
        if (closed) {
          await process.stop();
          throw shuttingDown();
        }
        const overdue = setTimeout(() => void slot.stop(), limits.trialMsMax);
        overdue.unref();
        slot.tick = () => process.tick();
        slot.stop = async () => {
          clearTimeout(overdue);
          await process.stop();
          trials.delete(slot);
        };
        void process.ended.then(() => trials.delete(slot));
        return { lease: process.lease(null), startMs: process.startMs, stop: () => slot.stop() };
      } catch (error) {
        trials.delete(slot);
        throw error;
      }
    },

    apply({ before, after }) {
      const id = after?.id ?? before?.id;
      if (id === undefined) return;
      // A server that never ran here has nothing to change: its first call brings the entry along.
      servers.get(id)?.apply(after);
    },

    settled: async (serverId) => servers.get(serverId)?.settled(),

    drain: async (serverId, versionId, timeoutMs) =>
      (await servers.get(serverId)?.drain(versionId, timeoutMs)) ?? { inFlight: 0, sessions: 0, waitedMs: 0 },

    async restart(serverId) {
      if (closed) throw shuttingDown();
      await servers.get(serverId)?.restart();
    },

    crashes: (serverId) => servers.get(serverId)?.crashes() ?? [],
    startWaits: (serverId) => servers.get(serverId)?.startWaits() ?? [],

    status(serverId): RuntimeStatus {
      const { region, node } = options;
      const runtime = servers.get(serverId);
      if (runtime === undefined) {
        return {
          state: "stopped",
          region,
          node,
          version: null,
          since: null,
          restarts: 0,
          inFlight: 0,
          residentBytes: null,
          cpuMs: null,
          lastExit: null,
        };
      }
      const { sinceMs, lastExit, ...rest } = runtime.status();
      return {
        ...rest,
        region,
        node,
        since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
        lastExit:
          lastExit === null ? null : { at: new Date(lastExit.atMs).toISOString(), reason: lastExit.reason },
      };
    },

    async close(timeoutMs) {
      closed = true;
      await Promise.all([
        ...[...servers.values()].map((server) => server.close(timeoutMs)),
        ...[...trials].map((trial) => trial.stop()),
      ]);
      clearInterval(timer);
      await egress.close();
    },
  };
}
