import type { SmokeReport } from "#lib/contract/index.ts";
import type { RuntimeDoor, VerifyOutcome } from "#lib/domain/access/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";

/** A data plane that does what the test says. */
export interface FakeRuntime extends RuntimeDoor {
  /** What was asked of it, in order. */
  readonly verified: Parameters<RuntimeDoor["verify"]>[0][];
  /** How often it was asked to re-read its configuration. */
  refreshes: number;
  /** What the next trial start shows. */
  onVerify: () => VerifyOutcome | Promise<VerifyOutcome>;
  /** Whether it answers status and refresh. */
  reachable: boolean;
}

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

/** Reachable, and every version passes with the tools `echo` and `add`. */
export function fakeRuntime(): FakeRuntime {
  const away = () => Promise.reject(new Error("connect ENOENT"));
  const runtime: FakeRuntime = {
    verified: [],
    refreshes: 0,
    reachable: true,
    onVerify: () => ({ ok: true, startMs: 40, smoke: passedSmoke("echo", "add") }),
    async verify(input) {
      runtime.verified.push(input);
      return runtime.onVerify();
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
    logStream: away,
  };
  return runtime;
}
