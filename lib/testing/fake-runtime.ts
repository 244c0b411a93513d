import type { Era, HostingHealth, RegionCheck, SmokeReport, ToolCallResult } from "#lib/contract/index.ts";
import type { RuntimeDoor, TrialInput } from "#lib/domain/access/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";

/** What a trial shows: everything passes with the tools `echo` and `add`, unless said otherwise. */
export interface FakeTrial {
  startMs?: number;
  /** It does not start, with these words of the runtime. */
  refused?: string;
  /** What each era answers; one report answers both. */
  smoke?: SmokeReport | Readonly<Record<Era, SmokeReport>>;
  canary?: ToolCallResult;
  /** Why the runtime ended when it was asked. */
  exit?: string;
  /** The edge goes away when it is asked for the tools, with this error. */
  lost?: Error;
  /** What the version wrote as errors. */
  errorLines?: string[];
}

/** A data plane that does what the test says. */
export interface FakeRuntime extends RuntimeDoor {
  /** What was asked of it, in order. */
  readonly tried: TrialInput[];
  readonly stopped: string[];
  readonly drained: { serverId: string; versionId: string }[];
  readonly restarted: string[];
  readonly called: { tool: string; arguments: Readonly<Record<string, unknown>> }[];
  /** How often it was asked to re-read its configuration. */
  refreshes: number;
  /** What the next trial shows. */
  onTrial: () => FakeTrial | Promise<FakeTrial>;
  onRestart: () => void | Promise<void>;
  onHostingCheck: (...input: Parameters<RuntimeDoor["hostingCheck"]>) => RegionCheck[];
  /** How its runtimes ended. */
  ended: HostingHealth["crashes"];
  /** The calls that waited for a start. */
  waited: Awaited<ReturnType<RuntimeDoor["startWaits"]>>;
  onDrain: RuntimeDoor["drain"];
  /** Whether it answers status and refresh. */
  reachable: boolean;
}

/** A smoke that failed like this. */
export const failedSmoke = (
  message: string,
  step: "connect" | "negotiate" | "tools/list" = "tools/list",
): SmokeReport => ({
  ...passedSmoke(),
  status: "failed",
  failure: { step, code: "failed", message, fix: "Read its logs." },
});

/** A tool call that answered this text. */
export const passedCall = (tool: string, text: string): ToolCallResult => ({
  server: "trial",
  transport: "streamable-http",
  status: "passed",
  tool,
  id: createIdSource().id("chk"),
  isError: false,
  content: [{ type: "text", text }],
  structuredContent: null,
  durationMs: 5,
  failure: null,
  requestId: null,
  checkedAt: "2026-03-01T12:00:00.000Z",
});

/** A smoke that passed with tools of these names. */
export const passedSmoke = (...toolNames: string[]): SmokeReport => ({
  server: "trial",
  transport: "streamable-http",
  status: "passed",
  toolCount: toolNames.length,
  id: createIdSource().id("chk"),
  protocolVersion: "2026-07-28",
  era: "modern",
  durationMs: 12,
  failure: null,
  tools: toolNames.map((name) => ({
    name,
    title: null,
    description: `Does ${name}`,
    inputSchema: { type: "object" },
    outputSchema: null,
    annotations: null,
  })),
  requestId: null,
  checkedAt: "2026-03-01T12:00:00.000Z",
});

/** A hosting check whose every step passed on one edge. */
export const passedCheck = (region: string, node: string): RegionCheck => ({
  region,
  node,
  status: "passed",
  steps: (["dns", "tls", "routing", "runtime", "tools/list"] as const).map((name) => ({
    name,
    status: "passed",
    durationMs: 1,
    detail: `${name} is fine`,
    fix: "",
  })),
  durationMs: 5,
});

/** Reachable, and every version passes. */
export function fakeRuntime(): FakeRuntime {
  const away = () => Promise.reject(new Error("connect ENOENT"));
  const place = { region: "local", node: "node-1" };
  const runtime: FakeRuntime = {
    tried: [],
    stopped: [],
    drained: [],
    restarted: [],
    called: [],
    refreshes: 0,
    reachable: true,
    onTrial: () => ({}),
    onRestart: () => undefined,
    onHostingCheck: () => [passedCheck(place.region, place.node)],
    ended: [],
    waited: [],
    onDrain: async () => ({ inFlight: 0, sessions: 0, waitedMs: 0 }),
    async startTrials(input) {
      runtime.tried.push(input);
      const {
        startMs = 40,
        refused,
        smoke = passedSmoke("echo", "add"),
        canary = passedCall("echo", "hello"),
        exit = null,
        lost,
        errorLines = [],
      } = await runtime.onTrial();
      if (refused !== undefined) return [{ ok: false, ...place, message: refused }];
      return [
        {
          ok: true,
          trial: {
            ...place,
            startMs,
            async listTools(era) {
              if (lost) throw lost;
              return { report: "status" in smoke ? smoke : smoke[era], exit };
            },
            async callTool(call) {
              runtime.called.push(call);
              return { report: canary, exit };
            },
            async stop() {
              runtime.stopped.push(input.semver);
              return errorLines;
            },
          },
        },
      ];
    },
    async drain(serverId, versionId, timeoutMs) {
      runtime.drained.push({ serverId, versionId });
      return runtime.onDrain(serverId, versionId, timeoutMs);
    },
    async restart(serverId) {
      runtime.restarted.push(serverId);
      await runtime.onRestart();
    },
    refresh() {
      runtime.refreshes += 1;
      return runtime.reachable ? Promise.resolve() : away();
    },
    status: (serverId) =>
      runtime.reachable
        ? Promise.resolve([
            {
              state: "running" as const,
              region: "local",
              node: serverId,
              version: "1.0.0",
              since: null,
              restarts: 0,
              inFlight: 0,
              residentBytes: null,
              cpuMs: null,
              lastExit: null,
            },
          ])
        : away(),
    hostingCheck: (serverId, demands) =>
      runtime.reachable ? Promise.resolve(runtime.onHostingCheck(serverId, demands)) : away(),
    crashes: async () => runtime.ended,
    startWaits: async () => runtime.waited,
    logStream: away,
  };
  return runtime;
}
