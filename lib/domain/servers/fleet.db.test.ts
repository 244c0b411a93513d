import { afterAll, beforeAll, expect, test } from "vitest";
import { checkRuns, servers } from "#drizzle/schema/index.ts";
import type { Outcome } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTenants,
  fakeClock,
  fakeRuntime,
  type Tenants,
  type TestDatabase,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { createServer, getOverview, listServers } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let system: System;
const clock = fakeClock();
const ids = createIdSource(() => clock.nowMs());
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  system = testSystem({ database: test_.database, clock, doors: { runtime: fakeRuntime() } });
});
afterAll(() => test_.close());

const call = (serverId: string, organizationId: string, agoMs: number, outcome: Outcome): RequestFact => {
  const id = ids.uuid(clock.nowMs() - agoMs);
  return requestFact({
    id,
    organizationId,
    serverId,
    outcome,
    tool: "echo",
    durationMs: 15,
    requestBytes: 10,
    responseBytes: 20,
  });
};

async function activeServer(organization: TestOrganization, slug: string): Promise<string> {
  const ctx = testCtx(system, organization, "owner");
  const { id } = await createServer(ctx, { kind: "hosted", name: slug.toUpperCase(), slug });
  return id;
}

test("list and overview count the last day of their own organization only", async () => {
  const [busy, quiet, foreign] = [
    await activeServer(tenants.acme, "busy"),
    await activeServer(tenants.acme, "aquiet"),
    await activeServer(tenants.globex, "foreign"),
  ];
  await test_.database.db.update(servers).set({ status: "active" });
  await writeRequestFacts(test_.database, {
    region: "local",
    node: "n1",
    facts: [
      call(busy, tenants.acme.id, 60_000, "ok"),
      call(busy, tenants.acme.id, 3 * HOUR_MS, "ok"),
      call(busy, tenants.acme.id, 3 * HOUR_MS, "tool_error"),
      call(busy, tenants.acme.id, 3 * HOUR_MS, "rate_limited"),
      call(busy, tenants.acme.id, 30 * HOUR_MS, "ok"),
      call(foreign, tenants.globex.id, 60_000, "timeout"),
    ],
  });
  await test_.database.db.insert(checkRuns).values({
    organizationId: tenants.acme.id,
    id: ids.id("chk"),
    serverId: quiet,
    kind: "tools-list",
    status: "failed",
    durationMs: 5,
    error: "No server answers at this URL (HTTP 404).",
    result: {},
    actor: "system:jobs",
  });

  const ctx = testCtx(system, tenants.acme, "viewer");
  const list = await listServers(ctx, {});
  expect(list.map(({ slug, calls24h, errorRate24h }) => ({ slug, calls24h, errorRate24h }))).toEqual([
    { slug: "aquiet", calls24h: 0, errorRate24h: null },
    { slug: "busy", calls24h: 4, errorRate24h: 0.25 },
  ]);
  expect(list[1]?.p95Ms24h).toBeGreaterThan(10);

  const overview = await getOverview(ctx, {});
  expect(overview.servers).toEqual({ total: 2, active: 2, failing: 1 });
  expect(overview.last24h).toMatchObject({ calls: 4, errors: 1 });
  expect(overview.callsByHour).toHaveLength(24);
  expect(overview.callsByHour.map(({ calls }) => calls).filter((calls) => calls > 0)).toEqual([3, 1]);
  expect(overview.failingServers).toEqual([
    { slug: "aquiet", name: "AQUIET", reason: "No server answers at this URL (HTTP 404)." },
  ]);
});
