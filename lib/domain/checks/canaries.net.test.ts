import { and, eq, gte, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditLog, checkRuns, servers } from "#drizzle/schema/index.ts";
import type { Canary, CheckPolicy } from "#lib/contract/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
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
import { listenOnLoopback, startModernServer, type TestMcpServer } from "#lib/testing/mcp/index.ts";
import { createCanarySchedule, deleteOldChecks, listCheckRuns, runCanary } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
let system: System;
let upstream: TestMcpServer;
/** Where the MCP URL of every server leads to. */
let mcpUrl: string;
/** Slugs whose MCP URL leads to nobody. */
let broken = new Set<string>();
let called: string[] = [];

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  upstream = await startModernServer();
});
afterAll(async () => {
  await upstream.close();
  await test_.close();
});
beforeEach(async () => {
  broken = new Set();
  called = [];
  mcpUrl = upstream.url;
  clock = fakeClock();
  // Servers of other tests are not due in this one.
  await test_.database.db.update(servers).set({ status: "inactive" });
  system = testSystem({
    database: test_.database,
    clock,
    doors: {
      runtime: fakeRuntime(),
      internalMcp: (slug, source) => {
        called.push(`${slug} ${source}`);
        return { url: broken.has(slug) ? "http://127.0.0.1:1/mcp" : mcpUrl, headers: {} };
      },
    },
  });
});

const developer = (): Ctx => testCtx(system, tenants.acme, "developer");
const viewer = (): Ctx => testCtx(system, tenants.acme, "viewer");
const echo = (over: Partial<Canary> = {}): Canary => ({
  tool: "echo",
  arguments: { text: "all is well" },
  expectedText: null,
  everySeconds: 30,
  ...over,
});
let made = 0;
async function server(
  canary: Canary | null,
  status = "active",
  ctx = developer(),
): Promise<{ id: string; slug: string }> {
  made += 1;
  const { id, slug } = await createServer(ctx, {
    kind: "connected",
    name: `C${made}`,
    slug: `canary-${made}`,
    upstreamUrl: "https://example.com/mcp",
  });
  const checkPolicy: CheckPolicy = { expectedTools: [], requireBothEras: false, canary };
  await test_.database.db.update(servers).set({ checkPolicy, status }).where(eq(servers.id, id));
  return { id, slug };
}
const runsOf = (id: string) => listCheckRuns(viewer(), { server: id, kind: "canary" });

describe("by hand", () => {
  test("runs the declared call, is stored and audited, and tells the answer", async () => {
    const { id, slug } = await server(echo({ expectedText: "is well", everySeconds: null }));
    const result = await runCanary(developer(), { server: slug });
    expect(result).toMatchObject({ status: "passed", tool: "echo", content: [{ text: "all is well" }] });
    expect(called).toEqual([`${slug} smoke`]);
    expect(await runsOf(id)).toMatchObject([
      { id: result.id, kind: "canary", status: "passed", tool: "echo", error: null, actor: "Acme developer" },
    ]);
    const [audit] = await test_.database.db
      .select({ after: auditLog.after })
      .from(auditLog)
      .where(and(eq(auditLog.entityId, id), eq(auditLog.action, "check.canary")));
    expect(audit?.after).toEqual({ check: result.id, tool: "echo", status: "passed" });
  });

  test("an answer other than declared has failed, and so has a tool that reports an error or does not exist", async () => {
    const wrong = await server(echo({ expectedText: "all is lost" }));
    expect(await runCanary(developer(), { server: wrong.id })).toMatchObject({
      status: "failed",
      isError: false,
      failure: { code: "unexpected_answer", message: expect.stringContaining("all is lost") },
    });
    const failing = await server(echo({ tool: "fail", arguments: {}, expectedText: "order" }));
    expect(await runCanary(developer(), { server: failing.id })).toMatchObject({
      failure: { code: "tool_error" },
    });
    const unknown = await server(echo({ tool: "no-such-tool" }));
    expect(await runCanary(developer(), { server: unknown.id })).toMatchObject({ status: "failed" });
  });

  test("needs a declared canary and an active server", async () => {
    const none = await server(null);
    await expect(runCanary(developer(), { server: none.id })).rejects.toMatchObject({ code: "conflict" });
    const inactive = await server(echo(), "inactive");
    await expect(runCanary(developer(), { server: inactive.id })).rejects.toMatchObject({
      code: "server_inactive",
    });
    await expect(runCanary(viewer(), { server: none.id })).rejects.toMatchObject({ code: "forbidden" });
    const stranger = testCtx(system, tenants.globex, "owner");
    await expect(runCanary(stranger, { server: none.id })).rejects.toMatchObject({ code: "not_found" });
    expect(called).toEqual([]);
  });
});

describe("by schedule", () => {
  const round = async (schedule: ReturnType<typeof createCanarySchedule>): Promise<number> => {
    const started = await schedule.startDue();
    await schedule.idle();
    return started;
  };

  test("runs what is due, then not before its time, and leaves no audit record", async () => {
    const { id, slug } = await server(echo({ everySeconds: 60 }));
    await server(null);
    await server(echo({ everySeconds: null }));
    await server(echo(), "inactive");
    const before = clock.nowMs();
    const schedule = createCanarySchedule(system);
    expect(await round(schedule)).toBe(1);
    expect(called).toEqual([`${slug} smoke`]);
    expect(await runsOf(id)).toMatchObject([{ status: "passed", actor: "canary" }]);
    clock.advance(59_000);
    expect(await round(schedule)).toBe(0);
    clock.advance(1_000);
    expect(await round(schedule)).toBe(1);
    expect(await runsOf(id)).toHaveLength(2);
    const audited = await test_.database.db
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(and(eq(auditLog.action, "check.canary"), gte(auditLog.at, new Date(before + 1))));
    expect(audited).toEqual([]);
  });

  test("another process that takes over goes by what is stored", async () => {
    const { id } = await server(echo());
    await round(createCanarySchedule(system));
    expect(await round(createCanarySchedule(system))).toBe(0);
    clock.advance(30_000);
    expect(await round(createCanarySchedule(system))).toBe(1);
    expect(await runsOf(id)).toHaveLength(2);
  });

  test("a failure is stored with its reason, and the next round tries again", async () => {
    const { id, slug } = await server(echo());
    broken.add(slug);
    const schedule = createCanarySchedule(system);
    await round(schedule);
    expect(await runsOf(id)).toMatchObject([
      { status: "failed", error: expect.stringContaining("connection failed") },
    ]);
    broken.clear();
    clock.advance(30_000);
    await round(schedule);
    expect((await runsOf(id)).map(({ status }) => status)).toEqual(["passed", "failed"]);
  });

  test("keeps no more than the outcome of a run that passed, and what a failed one answered", async () => {
    const passed = await server(echo());
    const failed = await server(echo({ expectedText: "all is lost" }));
    await round(createCanarySchedule(system));
    const stored = async (id: string) =>
      (await test_.database.db.select().from(checkRuns).where(eq(checkRuns.serverId, id)))[0]?.result;
    expect(await stored(passed.id)).toMatchObject({ status: "passed", content: [] });
    expect(await stored(failed.id)).toMatchObject({ content: [{ type: "text", text: "all is well" }] });
  });

  test("runs at most a few at once; one that is still running is not started again, nor one whose result is lost", async () => {
    const { canariesPerOrganizationMax: ownMax } = limits.checks;
    for (let at = 0; at < ownMax + 2; at++) await server(echo());
    const schedule = createCanarySchedule(system);
    const silent = await listenOnLoopback(() => undefined);
    mcpUrl = silent.url;
    expect(await schedule.startDue()).toBe(ownMax);
    expect(await schedule.startDue()).toBe(0);
    mcpUrl = upstream.url;
    await silent.close();
    await schedule.idle();
    expect(await round(schedule)).toBe(2);
    expect(new Set(called).size).toBe(ownMax + 2);
    await test_.database.sql`delete from check_runs where kind = 'canary'`;
    expect(await round(schedule)).toBe(0);
  });

  test("one organization with many canaries leaves room for another's", async () => {
    for (let at = 0; at < limits.checks.canariesLookedAtMax + 1; at++) await server(echo());
    const other = await server(echo(), "active", testCtx(system, tenants.globex, "owner"));
    const schedule = createCanarySchedule(system);
    expect(await schedule.startDue()).toBe(limits.checks.canariesConcurrentMax);
    await schedule.idle();
    expect(called).toContain(`${other.slug} smoke`);
  });

  test("one broken policy does not stop the others", async () => {
    const bad = await server(echo());
    await test_.database.db
      .update(servers)
      .set({ checkPolicy: sql`'{"canary": {"everySeconds": "soon"}}'::jsonb` })
      .where(eq(servers.id, bad.id));
    const good = await server(echo());
    expect(await round(createCanarySchedule(system))).toBe(1);
    expect(await runsOf(good.id)).toHaveLength(1);
  });
});

test("old canary runs are deleted, the newest of each server and all other checks stay", async () => {
  const { id } = await server(echo());
  const ids = createIdSource();
  const run = (kind: string, daysAgo: number) => ({
    organizationId: tenants.acme.id,
    id: ids.id("chk"),
    serverId: id,
    kind,
    status: "passed",
    durationMs: 1,
    result: {},
    actor: "system:canary",
    checkedAt: new Date(clock.nowMs() - daysAgo * 86_400_000),
  });
  const old = limits.checks.canaryDaysMax + 1;
  await test_.database.db
    .insert(checkRuns)
    .values([run("tool-call", old), run("canary", old), run("canary", old), run("canary", old)]);
  const none = new AbortController().signal;
  expect(await deleteOldChecks(system, none)).toBe(2);
  expect(await deleteOldChecks(system, none)).toBe(0);
  const kinds = (await listCheckRuns(viewer(), { server: id })).map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(["canary", "tool-call"]);
});
