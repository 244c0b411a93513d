import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { serverVersions, toolSnapshots } from "#drizzle/schema/index.ts";
import type { SmokeReport, Tool } from "#lib/contract/index.ts";
import { type Ctx, command } from "#lib/domain/access/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type FakeClock,
  fakeClock,
  passedSmoke,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { getToolDrift, storeSmoke } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
const ids = createIdSource();

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  clock = fakeClock();
});
afterAll(() => test_.close());

const developer = (): Ctx =>
  testCtx(testSystem({ database: test_.database, clock }), tenants.acme, "developer");
const stranger = (): Ctx => testCtx(testSystem({ database: test_.database, clock }), tenants.globex, "owner");

/** Stores a passed smoke the way the verbs do: in a command's transaction. */
const see = async (
  server: { id: string; activeVersionId: string | null },
  tools: readonly (string | Partial<Tool>)[],
) => {
  const smoke = passedSmoke(...tools.map((tool) => (typeof tool === "string" ? tool : (tool.name ?? "?"))));
  const report: SmokeReport = {
    ...smoke,
    tools: smoke.tools.map((tool, at) => ({ ...tool, ...(typeof tools[at] === "string" ? {} : tools[at]) })),
    checkedAt: new Date(clock.nowMs()).toISOString(),
  };
  const store = command({
    name: "test.see",
    scope: "checks:run",
    input: z.object({}),
    run: async (ctx) => {
      await storeSmoke(ctx, server, report);
      return { value: null, audit: { entity: "server", entityId: server.id } };
    },
  });
  await store(developer(), {});
  clock.advance(60_000);
};
let made = 0;
async function connected() {
  made += 1;
  const { id } = await createServer(developer(), {
    kind: "connected",
    name: `S${made}`,
    slug: `snapshots-${made}`,
    upstreamUrl: "https://example.com/mcp",
  });
  return { id, activeVersionId: null };
}
const snapshotsOf = (serverId: string) =>
  test_.database.db
    .select()
    .from(toolSnapshots)
    .where(eq(toolSnapshots.serverId, serverId))
    .orderBy(toolSnapshots.id);

describe("what is kept", () => {
  test("the same tools, in whatever order, are seen again; other tools are a new snapshot", async () => {
    const server = await connected();
    await see(server, ["a", "b"]);
    await see(server, ["b", "a"]);
    await see(server, ["a"]);
    await see(server, ["a", "b"]);
    const rows = await snapshotsOf(server.id);
    expect(rows.map((row) => row.toolCount)).toEqual([2, 1, 2]);
    expect((rows[0]?.lastSeenAt.getTime() ?? 0) - (rows[0]?.seenAt.getTime() ?? 0)).toBe(60_000);
    expect(rows[0]?.sha256).toBe(rows[2]?.sha256);
  });

  test("the oldest go beyond the bound", async () => {
    const server = await connected();
    const value = (await snapshotsOf(server.id))[0];
    expect(value).toBeUndefined();
    const old = Array.from({ length: limits.checks.snapshotsPerServerMax }, (_, at) => ({
      organizationId: tenants.acme.id,
      id: ids.uuid(clock.nowMs() - 1_000_000 + at),
      serverId: server.id,
      versionId: null,
      sha256: String(at),
      tools: [],
      toolCount: 0,
      seenAt: new Date(clock.nowMs()),
      lastSeenAt: new Date(clock.nowMs()),
    }));
    await test_.database.db.insert(toolSnapshots).values(old);
    await see(server, ["newest"]);
    const rows = await snapshotsOf(server.id);
    expect(rows).toHaveLength(limits.checks.snapshotsPerServerMax);
    expect(rows[0]?.sha256).toBe("1");
    expect(rows.at(-1)?.toolCount).toBe(1);
  });
});

describe("drift", () => {
  test("a connected server is compared with what was seen before", async () => {
    const server = await connected();
    expect(await getToolDrift(developer(), { server: server.id })).toEqual({
      current: null,
      previous: null,
      added: [],
      removed: [],
      changed: [],
    });
    await see(server, ["a", "b"]);
    expect(await getToolDrift(developer(), { server: server.id })).toMatchObject({
      current: { version: null, toolCount: 2 },
      previous: null,
      added: [],
    });
    await see(server, [{ name: "a", inputSchema: { type: "object", required: ["id"] } }, "c"]);
    expect(await getToolDrift(developer(), { server: server.id })).toMatchObject({
      current: { toolCount: 2 },
      previous: { toolCount: 2 },
      added: ["c"],
      removed: ["b"],
      changed: [{ name: "a", fields: ["inputSchema"], breaking: true }],
    });
  });

  test("a hosted server is compared with the version before, however often its own tools changed since", async () => {
    const { id } = await createServer(developer(), { kind: "hosted", name: "H", slug: "snapshots-hosted" });
    const versions = await Promise.all(
      ["1.0.0", "1.1.0"].map(async (semver) => {
        const versionId = ids.id("ver");
        await test_.database.sql`insert into bundles (organization_id, sha256, main_module, modules, bytes)
          values (${tenants.acme.id}, ${semver}, 'main.js', ''::bytea, 0)`;
        await test_.database.db
          .insert(serverVersions)
          .values({ organizationId: tenants.acme.id, id: versionId, serverId: id, semver, sha256: semver });
        return { id, activeVersionId: versionId };
      }),
    );
    const [first, second] = versions;
    if (!first || !second) throw new Error("two versions were made");
    await see(first, ["a", "b"]);
    await see(second, ["a", "b"]);
    expect(await getToolDrift(developer(), { server: id })).toMatchObject({
      current: { version: "1.1.0" },
      previous: { version: "1.0.0" },
      added: [],
      removed: [],
      changed: [],
    });
    await see(second, ["a"]);
    await see(second, []);
    expect(await getToolDrift(developer(), { server: id })).toMatchObject({
      current: { version: "1.1.0", toolCount: 0 },
      previous: { version: "1.0.0", toolCount: 2 },
      removed: ["a", "b"],
    });
  });

  test("a stranger's server and a missing one give the same answer", async () => {
    const server = await connected();
    await see(server, ["secret-tool"]);
    const answerOf = (work: Promise<unknown>) =>
      work.then(String, ({ code, message }) => ({ code, message }));
    expect(await answerOf(getToolDrift(stranger(), { server: server.id }))).toEqual(
      await answerOf(getToolDrift(stranger(), { server: "no-such-server" })),
    );
  });
});
