import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTenants,
  fakeClock,
  type TestDatabase,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { exportIncident, getIncidentTimeline, openIncident, replayEvidence } from "./index.ts";

const ids = createIdSource();
let store: TestDatabase;
let acme: TestOrganization;
beforeAll(async () => {
  store = await testDatabase();
  acme = (await createTenants(store.database)).acme;
});
afterAll(() => store.close());

test("an incident is diagnosed by the engine itself; its exported evidence is what the diagnosis names, to the byte, and judged again it says the same", async () => {
  const id = ids.id("srv");
  await store.database.db.insert(servers).values({
    organizationId: acme.id,
    id,
    slug: "support-api",
    name: "Support",
    kind: "connected",
    upstreamUrl: "https://mcp.example.com/mcp",
  });
  const system = { ...testSystem({ database: store.database, clock: fakeClock() }), ids };
  const ctx = testCtx(system, acme, "owner");
  const opened = await openIncident(ctx, { server: "support-api", symptom: "empty_logs", probe: false });
  expect(opened.diagnosisStatus).not.toBe("pending");
  expect(opened.diagnosis?.stages.map(({ stage }) => stage)).toEqual([
    "smoke",
    "hosting",
    "logs",
    "gateway",
    "usage_billing",
    "agent_budget",
  ]);
  const { content } = await exportIncident(ctx, { incident: opened.id, format: "zip" });
  const evidence = unzipSync(content as Uint8Array)["evidence.json"];
  expect(
    createHash("sha256")
      .update(evidence ?? "")
      .digest("hex"),
  ).toBe(opened.diagnosis?.evidenceSha256);
  const [saved] = opened.evidence;
  expect(await replayEvidence(ctx, { incident: opened.id, evidence: saved?.id ?? "" })).toEqual({
    diagnosis: opened.diagnosis,
    isSame: true,
  });
  expect(await getIncidentTimeline(ctx, { incident: opened.id })).toMatchObject({
    marks: [],
    calls: [],
    capped: [],
  });
});
