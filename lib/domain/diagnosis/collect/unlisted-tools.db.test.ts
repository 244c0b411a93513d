import { afterAll, beforeAll, expect, test } from "vitest";
import { serverTools, toolSnapshots } from "#drizzle/schema/index.ts";
import { collected, type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";

const MINUTE_MS = 60_000;
let own: DiagnosisFixture;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

const ago = (ms: number) => new Date(own.clock.nowMs() - ms);

/** A server with such lists, the newest last; each was seen so long ago. */
async function serverWith(...lists: [tools: readonly string[], agoMs: number][]): Promise<string> {
  const { id: serverId } = await own.server();
  const organizationId = own.tenants.acme.id;
  for (const [names, agoMs] of lists) {
    const tools = names.map((name) => ({ name, inputSchema: { type: "object" } }));
    const seen = { tools, toolCount: tools.length, seenAt: ago(agoMs) };
    await own.store.database.db.insert(toolSnapshots).values({
      ...seen,
      organizationId,
      id: own.ids.uuid(own.clock.nowMs() - agoMs),
      serverId,
      versionId: null,
      sha256: names.join(),
      lastSeenAt: ago(agoMs),
    });
    await own.store.database.db
      .insert(serverTools)
      .values({ organizationId, serverId, ...seen })
      .onConflictDoUpdate({ target: [serverTools.organizationId, serverTools.serverId], set: seen });
  }
  return serverId;
}

test("tools that callers want and that are not listed are told, with who wants them, since when, and when a list had them", async () => {
  const id = await serverWith(
    [["search", "old_tool"], 90 * 24 * 60 * MINUTE_MS],
    [["search"], 60 * MINUTE_MS],
  );
  const failed = { outcome: "protocol_error" as const, rpcErrorCode: -32602 };
  await own.write([
    own.fact(id, { ...failed, tool: "made_up", clientName: "app" }, 45 * MINUTE_MS),
    own.fact(id, { ...failed, tool: "made_up", clientName: "app" }, 3 * MINUTE_MS),
    own.fact(id, { ...failed, tool: "made_up", clientName: "app" }, 2 * MINUTE_MS),
    own.fact(id, { outcome: "grant_denied", tool: "made_up", agentId: "agt_1" }, MINUTE_MS),
    own.fact(id, { ...failed, tool: "old_tool" }),
    own.fact(id, { ...failed, tool: "search" }),
    own.fact(id, { ...failed, tool: "hidden" }),
    own.fact(id, { tool: "hidden" }, 40 * MINUTE_MS),
    own.fact(id, { ...failed, tool: "of_before" }, 45 * MINUTE_MS),
    own.fact(id, { ...failed, tool: "ours", source: "smoke" }),
  ]);
  const told = collected((await own.evidence({ server: id })).logs.unlistedTools);
  expect(told).toMatchObject([
    {
      tool: "made_up",
      calls: 3,
      denied: 1,
      firstAt: ago(45 * MINUTE_MS).toISOString(),
      lastAt: ago(MINUTE_MS).toISOString(),
      lastOfferedAt: null,
      callers: [
        { client: "app", agentId: null, calls: 2 },
        { agentId: "agt_1", calls: 1 },
      ],
    },
    { tool: "old_tool", calls: 1, lastOfferedAt: ago(90 * 24 * 60 * MINUTE_MS).toISOString() },
  ]);
});

test("where nobody has seen any tools, nothing is said to be unknown", async () => {
  const { id } = await own.server();
  await own.write([own.fact(id, { outcome: "protocol_error", tool: "any" })]);
  expect((await own.evidence({ server: id })).logs.unlistedTools).toMatchObject({
    status: "missing",
    reason: "not_applicable",
  });
});
