import { afterAll, beforeAll, expect, test } from "vitest";
import { alerts, edgeNodes, incidents } from "#drizzle/schema/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTestOrganization,
  fakeClock,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { incidentJobs } from "./incident-jobs.ts";

const ids = createIdSource();
const never = new AbortController().signal;
let store: TestDatabase;

beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store.close());

test("after a start alerts wait for the first edge, but not for ever", async () => {
  const { db } = store.database;
  const clock = fakeClock();
  const system = { ...testSystem({ database: store.database, clock }), ids };
  const organization = await createTestOrganization(store.database, "acme", "Acme");
  const node = {
    node: "edge-1",
    region: "local",
    version: "1.0.0",
    controlAddress: "unix:/none",
    ownUrl: "http://127.0.0.1:9",
  };
  const at = new Date(clock.nowMs());
  await db.insert(edgeNodes).values({ ...node, startedAt: at, heartbeatAt: new Date(at.getTime() - 1_000) });
  const raise = (scope: string) =>
    db.insert(alerts).values({
      organizationId: organization.id,
      id: ids.id("alr"),
      rule: "ledger_drift",
      scope,
      threshold: 0,
      periodStart: at,
      severity: "critical",
      title: "Drift",
      detail: "",
      path: "/",
      firedAt: at,
    });
  await raise("organization");
  const opened = async (jobs: ReturnType<typeof incidentJobs>) => {
    await jobs.find(({ name }) => name === "incidents-from-alerts")?.run(never);
    return (await db.select({ id: incidents.id }).from(incidents)).length;
  };
  const forgotten = incidentJobs(system);
  const jobs = incidentJobs(system);
  expect(await opened(jobs)).toBe(0);
  await db.update(edgeNodes).set({ heartbeatAt: at });
  expect(await opened(jobs)).toBe(1);
  await db.update(edgeNodes).set({ stoppedAt: at });
  await raise("later");
  expect(await opened(forgotten)).toBe(1);
  clock.advance(limits.incidents.edgesStartMsMax);
  expect(await opened(forgotten)).toBe(2);
});
