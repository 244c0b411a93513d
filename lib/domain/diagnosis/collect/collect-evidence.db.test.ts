import { afterAll, beforeAll, expect, test } from "vitest";
import { Evidence } from "#lib/contract/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTenants,
  type FakeClock,
  fakeClock,
  fakeRuntime,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { ask, collectEvidence } from "../index.ts";

let store: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
const runtime = fakeRuntime();
const ids = createIdSource();

beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  clock = fakeClock(Date.now());
});
afterAll(() => store.close());

const ctxOf = (organization: "acme" | "globex" = "acme", role: "owner" | "viewer" = "owner") =>
  testCtx(testSystem({ database: store.database, clock, doors: { runtime } }), tenants[organization], role);
const fact = (serverId: string, over: Partial<RequestFact> = {}, agoMs = 60_000): RequestFact =>
  requestFact({ id: ids.uuid(clock.nowMs() - agoMs), organizationId: tenants.acme.id, serverId, ...over });
const write = (facts: RequestFact[]) => writeRequestFacts(store.database, { region: "eu", node: "e", facts });

test("what callers met is told by section, and what does not apply says so", async () => {
  const server = await createServer(ctxOf(), {
    kind: "connected",
    name: "S",
    slug: "s-1",
    upstreamUrl: "https://api.example.com/mcp",
  });
  await write([
    ...[1, 2, 3].map(() => fact(server.id)),
    fact(server.id, {
      outcome: "upstream_error",
      httpStatus: 502,
      error: "The server answered with HTTP 503.",
    }),
    fact(server.id, { source: "smoke" }),
  ]);
  const question = await ask(ctxOf(), { server: "s-1", probe: false });
  const evidence = await collectEvidence(ctxOf(), question);
  expect(Evidence.safeParse(evidence).error).toBeUndefined();
});
