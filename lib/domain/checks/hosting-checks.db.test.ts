import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog } from "#drizzle/schema/index.ts";
import { HostingCheck, type RegionCheck } from "#lib/contract/index.ts";
import type { Ctx, RuntimeDoor } from "#lib/domain/access/index.ts";
import { createServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import {
  createTenants,
  type FakeClock,
  type FakeRuntime,
  fakeClock,
  fakeRuntime,
  passedCheck,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { listCheckRuns, listHostingChecks, runHostingCheck } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let runtime: FakeRuntime;
let clock: FakeClock;

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  clock = fakeClock();
});
afterAll(() => test_.close());
beforeEach(() => {
  runtime = fakeRuntime();
  clock.advance(1_000);
});

const ctxOf = (organization: "acme" | "globex", role: "owner" | "developer" | "viewer"): Ctx =>
  testCtx(testSystem({ database: test_.database, clock, doors: { runtime } }), tenants[organization], role);
const developer = (): Ctx => ctxOf("acme", "developer");
const viewer = (): Ctx => ctxOf("acme", "viewer");
let made = 0;
async function hosted(): Promise<{ id: string; slug: string }> {
  made += 1;
  return createServer(developer(), { kind: "hosted", name: `H${made}`, slug: `hosting-${made}` });
}
const withStep = (check: RegionCheck, status: "warned" | "failed", detail: string): RegionCheck => ({
  ...check,
  status,
  steps: check.steps.map((step) =>
    step.name === "tls" ? { ...step, status, detail, fix: "Renew it." } : step,
  ),
});

test("a hosting check is as bad as its worst region, is stored whole, and says who ran it [ops.checks.rest]", async () => {
  const { id, slug } = await hosted();
  runtime.onHostingCheck = () => [
    passedCheck("us", "edge-3"),
    withStep(passedCheck("eu", "edge-2"), "warned", "expires in 3 days"),
    passedCheck("eu", "edge-1"),
  ];
  const warned = await runHostingCheck(developer(), { server: slug });
  expect(warned).toMatchObject({ server: slug, status: "warned", error: null });
  expect(warned.regions.map(({ region, node }) => `${region} ${node}`)).toEqual([
    "eu edge-1",
    "eu edge-2",
    "us edge-3",
  ]);
  clock.advance(1_000);
  runtime.onHostingCheck = () => [withStep(passedCheck("eu", "edge-1"), "failed", "expired")];
  const failed = await runHostingCheck(developer(), { server: id });
  clock.advance(1_000);
  runtime.onHostingCheck = () => [passedCheck("eu", "edge-1")];
  const passed = await runHostingCheck(developer(), { server: id });
  expect([failed.status, passed.status]).toEqual(["failed", "passed"]);

  expect(await listHostingChecks(viewer(), { server: id })).toEqual(
    [passed, failed, warned].map((check) => HostingCheck.parse(check)),
  );
  expect(await listCheckRuns(viewer(), { server: id, kind: "hosting" })).toMatchObject([
    { id: passed.id, kind: "hosting", status: "passed", error: null, actor: "Acme developer" },
    { id: failed.id, status: "failed", error: "eu: tls: expired" },
    { id: warned.id, status: "warned", error: null },
  ]);
  const audited = await test_.database.db
    .select({ after: auditLog.after })
    .from(auditLog)
    .where(and(eq(auditLog.entityId, id), eq(auditLog.action, "check.hosting")));
  expect(audited.map(({ after }) => after)).toContainEqual({
    check: failed.id,
    status: "failed",
    regions: 1,
  });
});

test("an installation whose edges are away has failed the check, in words, and that is on record", async () => {
  const { id } = await hosted();
  const causes: [RuntimeDoor["hostingCheck"], string][] = [
    [async () => [], "No edge is running"],
    [
      () => Promise.reject(new DomainError("unavailable", "The edge is not running.")),
      "The edge is not running.",
    ],
    [() => Promise.reject(new Error("socket hang up")), "No edge answered in time."],
  ];
  for (const [hostingCheck, words] of causes) {
    const away = testCtx(
      testSystem({ database: test_.database, clock, doors: { runtime: { ...runtime, hostingCheck } } }),
      tenants.acme,
      "developer",
    );
    const check = await runHostingCheck(away, { server: id });
    expect(check).toMatchObject({ status: "failed", regions: [], error: expect.stringContaining(words) });
    clock.advance(1_000);
  }
  expect(await listHostingChecks(viewer(), { server: id })).toHaveLength(causes.length);
});

test("an edge that is too busy to check says so, and nothing is recorded about the server", async () => {
  const { id } = await hosted();
  runtime.onHostingCheck = () => {
    throw new DomainError("limit_reached", "This edge runs too many hosting checks.");
  };
  await expect(runHostingCheck(developer(), { server: id })).rejects.toMatchObject({ code: "limit_reached" });
  expect(await listHostingChecks(viewer(), { server: id })).toEqual([]);
});

test("the edges are told what the owner demands of tools/list", async () => {
  const { id } = await hosted();
  await updateServerConfig(developer(), {
    server: id,
    checks: { expectedTools: ["refund"], requireBothEras: true, canary: null },
  });
  const asked: Parameters<RuntimeDoor["hostingCheck"]>[] = [];
  runtime.onHostingCheck = (...input) => {
    asked.push(input);
    return [passedCheck("eu", "edge-1")];
  };
  await runHostingCheck(developer(), { server: id });
  expect(asked).toEqual([[id, { expectedTools: ["refund"], requireBothEras: true }]]);
});

test("what an edge says is stored even when a database could not hold it as it is", async () => {
  const { id } = await hosted();
  runtime.onHostingCheck = () => [withStep(passedCheck("eu", "edge-1"), "failed", "nul\0 and half \ud800")];
  await runHostingCheck(developer(), { server: id });
  expect(JSON.stringify(await listHostingChecks(viewer(), { server: id }))).toContain("nul␀ and half");
});

test("a viewer runs nothing; a stranger's server and a missing one give the same answer, and no edge is asked", async () => {
  const { id } = await hosted();
  runtime.onHostingCheck = () => {
    throw new Error("nobody asked for this");
  };
  await expect(runHostingCheck(viewer(), { server: id })).rejects.toMatchObject({ code: "forbidden" });
  const stranger = ctxOf("globex", "owner");
  const answerOf = (work: Promise<unknown>) => work.then(String, ({ code, message }) => ({ code, message }));
  for (const verb of [runHostingCheck, listHostingChecks]) {
    const missing = await answerOf(verb(stranger, { server: "no-such-server" }));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(stranger, { server: id }))).toEqual(missing);
  }
});
