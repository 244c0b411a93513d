import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BundleModules, Log } from "#lib/domain/access/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type ServerEntry, UNPRICED_PLAN } from "../../directory/index.ts";
import type { ObservationSink, RawConsoleLine, UpstreamCallFact } from "../../observation/index.ts";
import { createWorkerdDriver, type RuntimeDriver, type WorkerdDriverOptions } from "../index.ts";
import { processIdentity } from "../process-stats.ts";

export const ids = createIdSource();

/** A log that keeps what it was told. */
export function memoryLog(): Log & { lines: { level: string; fields: object; message: string }[] } {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A driver in directories of its own, with everything it reports kept in memory. */
export function createHostingFixture(overrides: Partial<WorkerdDriverOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), "ms-"));
  // As in an installation: another user may pass through, so that the strongest isolation can work.
  chmodSync(root, 0o711);
  const runDir = overrides.runDir ?? join(root, "run");
  const bundles = new Map<string, BundleModules>();
  const lines: RawConsoleLine[] = [];
  const calls: UpstreamCallFact[] = [];
  const log = memoryLog();
  const sink: ObservationSink = {
    request: () => undefined,
    console: (line) => void lines.push(line),
    upstreamCall: (fact) => void calls.push(fact),
  };
  const organizationId = ids.id("org");
  const driver: RuntimeDriver = createWorkerdDriver({
    runDir,
    cacheDir: join(root, "cache"),
    loadBundle: async (_organizationId, sha256) => {
      const bundle = bundles.get(sha256);
      if (!bundle) throw new Error(`no bundle ${sha256}`);
      return bundle;
    },
    sink,
    clock: systemClock,
    log,
    allowPrivate: false,
    egressHosts: {},
    region: "local",
    node: "test",
    ...overrides,
    limits: { watchdogIntervalMs: 50, ...overrides.limits },
  });
  let versions = 0;

  return {
    root,
    runDir,
    driver,
    log,
    lines,
    calls,
    organizationId,
    /** A hosted, active server that runs `source`. */
    server(source: string, environment: Record<string, string> = {}): ServerEntry {
      versions++;
      const sha256 = versions.toString(16).padStart(64, "0");
      bundles.set(sha256, { mainModule: "main.js", modules: { "main.js": source } });
      return {
        id: ids.id("srv"),
        organizationId,
        organizationSlug: "test",
        slug: `server-${versions}`,
        name: `Server ${versions}`,
        kind: "hosted",
        status: "active",
        directAccess: "public",
        retentionDays: 7,
        recordBodies: false,
        upstreamUrl: null,
        upstreamHeaders: {},
        gateway: null,
        version: { id: ids.id("ver"), semver: `1.0.${versions}`, sha256 },
        revision: `r${versions}`,
        environment,
        caps: {
          toolCallDurationMsMax: limits.mcp.toolCallDurationMsMax,
          requestBytesMax: limits.mcp.requestBytesMax,
          responseBytesMax: limits.mcp.responseBytesMax,
          viewersMax: limits.logStream.viewersPerServerMax,
        },
        plan: UNPRICED_PLAN,
      };
    },
    /** The same server with another version of its code or environment. */
    changed(server: ServerEntry, other: ServerEntry): ServerEntry {
      return { ...server, version: other.version, revision: other.revision, environment: other.environment };
    },
    /** One exchange through a lease of its own, as the gateway makes them. */
    async call(
      server: ServerEntry,
      path = "/mcp",
      requestId = ids.id("req"),
      version: ServerEntry["version"] = null,
    ) {
      const lease = await driver.lease(server, requestId, version);
      try {
        const { statusCode, body } = await lease.dispatcher.request({
          origin: lease.origin,
          path,
          method: "GET",
          headers: { "x-request-id": requestId, authorization: "Bearer secret-of-the-caller" },
        });
        return { status: statusCode, text: await body.text(), semver: lease.semver, exit: lease.exit() };
      } catch (error) {
        return { status: 0, text: String(error), semver: lease.semver, exit: lease.exit() };
      } finally {
        lease.end();
      }
    },
    /** Messages of a server so far. */
    messages: (server: ServerEntry): string[] =>
      lines.filter((line) => line.serverId === server.id).map((line) => line.message),
    async close(): Promise<void> {
      await driver.close(500);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Pids of the runtimes that live in a fixture's run directory. */
export function pidsOf({ runDir }: { runDir: string }): number[] {
  return readdirSync(join(runDir, "rt")).flatMap((name) => {
    try {
      const { pid } = JSON.parse(readFileSync(join(runDir, "rt", name, "process"), "utf8")) as {
        pid: number;
      };
      return processIdentity(pid) === null ? [] : [pid];
    } catch {
      // A directory that is being made or removed has no pid file.
      return [];
    }
  });
}

export type HostingFixture = ReturnType<typeof createHostingFixture>;
