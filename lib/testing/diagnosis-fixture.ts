import type { DiagnoseInput, Evidence, Role } from "#lib/contract/index.ts";
import type { Ctx, Doors } from "#lib/domain/access/index.ts";
import { ask, collectEvidence } from "#lib/domain/diagnosis/index.ts";
import {
  type ConsoleFact,
  type RequestFact,
  type UpstreamFact,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "#lib/domain/requests/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { fakeClock } from "./fake-clock.ts";
import { fakeRuntime } from "./fake-runtime.ts";
import { requestFact } from "./request-fact.ts";
import { createTenants } from "./tenants.ts";
import { testCtx, testSystem } from "./test-context.ts";
import { testDatabase } from "./test-database.ts";

type Section<Value> = { status: "collected"; value: Value } | { status: "missing"; reason: string };

/** What a section holds; throws with the reason when it is missing. */
export function collected<Value>(section: Section<Value>): Value {
  if (section.status === "missing") throw new Error(`missing: ${JSON.stringify(section)}`);
  return section.value;
}

/** Two organizations and planted facts, at a moment that stands still. */
export async function diagnosisFixture(doors: Partial<Omit<Doors, "runtime">> = {}) {
  const store = await testDatabase({ connectionsMax: 6 });
  const tenants = await createTenants(store.database);
  const clock = fakeClock(Date.now());
  const ids = createIdSource();
  const runtime = fakeRuntime();
  const system = testSystem({ database: store.database, clock, doors: { runtime, ...doors } });
  const as = (role: Role = "owner", organization: "acme" | "globex" = "acme"): Ctx =>
    testCtx(system, tenants[organization], role);
  const place = { organizationId: tenants.acme.id, versionId: null, requestId: null, retentionDays: 7 };
  let made = 0;
  return {
    store,
    tenants,
    clock,
    ids,
    runtime,
    system,
    as,
    /** A server of Acme; connected unless said otherwise. */
    server(kind: "hosted" | "connected" = "connected") {
      made += 1;
      const named = { name: `Server ${made}`, slug: `asked-${made}` };
      return createServer(
        as(),
        kind === "hosted"
          ? { kind, ...named }
          : { kind, ...named, upstreamUrl: "https://api.example.com/mcp?token=s3cret" },
      );
    },
    /** A tool call `agoMs` ago. */
    fact: (serverId: string, own: Partial<RequestFact> = {}, agoMs = 60_000): RequestFact =>
      requestFact({ id: ids.uuid(clock.nowMs() - agoMs), organizationId: tenants.acme.id, serverId, ...own }),
    write: (facts: readonly RequestFact[]) =>
      writeRequestFacts(store.database, { region: "eu", node: "edge-eu", facts }),
    line: (serverId: string, own: Partial<ConsoleFact> = {}, agoMs = 60_000) => {
      const timestampMs = clock.nowMs() - agoMs;
      const id = ids.uuid(timestampMs);
      return writeConsoleFacts(store.database, [
        {
          ...place,
          id,
          serverId,
          epoch: "e",
          seq: Number.parseInt(id.slice(-8), 16),
          timestampMs,
          level: "info",
          method: "log",
          message: "hello",
          truncated: false,
          bytes: 5,
          ...own,
        },
      ]);
    },
    outbound: (serverId: string, own: Partial<UpstreamFact> = {}, agoMs = 60_000) =>
      writeUpstreamFacts(store.database, [
        {
          ...place,
          id: ids.uuid(clock.nowMs() - agoMs),
          serverId,
          method: "GET",
          url: "https://api.example.com/v1/tickets",
          httpStatus: 200,
          outcome: "ok",
          error: null,
          durationMs: 40,
          requestBytes: 10,
          responseBytes: 100,
          ...own,
        },
      ]),
    /** The evidence without fresh probes, unless asked for. */
    async evidence(
      input: DiagnoseInput,
      ctx: Ctx = as(),
      options: { collectMs?: number } = {},
    ): Promise<Evidence> {
      return collectEvidence(ctx, await ask(ctx, { probe: false, ...input }), options);
    },
  };
}
export type DiagnosisFixture = Awaited<ReturnType<typeof diagnosisFixture>>;
