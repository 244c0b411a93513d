import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agents, servers } from "#drizzle/schema/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";
import { ask } from "./index.ts";

const HOUR_MS = 3_600_000;
let own: DiagnosisFixture;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

const asking = (input: Partial<Parameters<typeof ask>[1]>, ctx = own.as()) =>
  ask(ctx, { probe: false, ...input });
const isoAgo = (ms: number) => new Date(own.clock.nowMs() - ms).toISOString();
const answerOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    ({ code, message }) => ({ code, message }),
  );

async function agentOf(name: string, organizationId = own.tenants.acme.id) {
  const id = own.ids.id("agt");
  await own.store.database.db.insert(agents).values({ organizationId, id, name });
  return id;
}

test("without a moment the window ends now and holds what happens now; one in the past ends a tenth after it", async () => {
  const nowMs = own.clock.nowMs();
  expect(await asking({})).toMatchObject({
    atMs: nowMs,
    window: { fromMs: nowMs + 1 - HOUR_MS / 2, toMs: nowMs + 1 },
    before: { fromMs: nowMs + 1 - HOUR_MS, toMs: nowMs + 1 - HOUR_MS / 2 },
  });
  const past = await asking({ at: isoAgo(5 * HOUR_MS), windowMs: HOUR_MS });
  expect(past.window).toEqual({
    fromMs: past.atMs - 0.9 * HOUR_MS,
    toMs: past.atMs + 0.1 * HOUR_MS,
  });
  const recent = await asking({ at: isoAgo(60_000), windowMs: HOUR_MS });
  expect(recent.window.toMs).toBe(nowMs + 1);
});

test("a moment in the future and one before time began are refused in words", async () => {
  expect(await answerOf(asking({ at: isoAgo(-HOUR_MS) }))).toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("in the future"),
  });
  expect(await answerOf(asking({ at: isoAgo(-30_000) }))).toBe("ok");
  expect(await answerOf(asking({ at: "1970-01-01T00:00:01.000Z" }))).toMatchObject({ code: "invalid_input" });
});

test("servers and agents go by id and by name; a stranger's are as missing as none", async () => {
  const server = await own.server();
  const bot = await agentOf("Support Bot");
  for (const input of [
    { server: server.id, agent: bot },
    { server: server.slug, agent: "support bot" },
  ]) {
    const { subject } = await asking(input);
    expect(subject).toMatchObject({ server: { id: server.id }, agent: { id: bot, name: "Support Bot" } });
    // The query of a URL may hold a token.
    expect(subject.server?.upstreamUrl).toBe("https://api.example.com/mcp");
  }
  const stranger = own.as("owner", "globex");
  expect(await answerOf(asking({ server: server.id }, stranger))).toEqual(
    await answerOf(asking({ server: "no-such-server" }, stranger)),
  );
  const theirs = await agentOf("Their bot", own.tenants.globex.id);
  expect(await answerOf(asking({ server: server.id, agent: theirs }))).toEqual(
    await answerOf(asking({ server: server.id, agent: "nobody" })),
  );
});

test("a server and an agent that were deleted lately can be asked about; those of long ago cannot", async () => {
  const server = await own.server();
  const bot = await agentOf("Gone Bot");
  const deleteAt = async (agoMs: number) => {
    const deletedAt = new Date(own.clock.nowMs() - agoMs);
    await own.store.database.db.update(servers).set({ deletedAt }).where(eq(servers.id, server.id));
    await own.store.database.db.update(agents).set({ deletedAt }).where(eq(agents.id, bot));
  };
  await deleteAt(HOUR_MS);
  expect((await asking({ server: server.slug, agent: "gone bot" })).subject).toMatchObject({
    server: { id: server.id, isDeleted: true },
    agent: { id: bot },
  });
  await deleteAt(8 * 24 * HOUR_MS);
  expect(await answerOf(asking({ server: server.slug }))).toMatchObject({ code: "not_found" });
  expect(await answerOf(asking({ agent: bot }))).toMatchObject({ code: "not_found" });
});

test("a call fills in what is not named, and what is named stays", async () => {
  const server = await own.server();
  const bot = await agentOf("Caller");
  const call = own.fact(
    server.id,
    { agentId: bot, tool: "refund", clientName: "desk", outcome: "tool_error" },
    2 * HOUR_MS,
  );
  await own.write([call]);
  const requestId = encodeId("req", call.id);
  const question = await asking({ requestId });
  expect(question.subject).toMatchObject({
    server: { id: server.id },
    agent: { id: bot },
    tool: "refund",
    client: "desk",
    requestId,
  });
  expect(question.atMs).toBe(own.clock.nowMs() - 2 * HOUR_MS);
  expect((await asking({ requestId, tool: "search" })).subject.tool).toBe("search");
  const other = await own.server();
  expect(await answerOf(asking({ requestId, server: other.id }))).toMatchObject({ code: "invalid_input" });
  expect(await answerOf(asking({ requestId }, own.as("owner", "globex")))).toMatchObject({
    code: "not_found",
  });
  expect(await answerOf(asking({ requestId: "nonsense" }))).toMatchObject({ code: "not_found" });
  // The history is gone, the incident is not.
  const old = encodeId("req", own.ids.uuid(own.clock.nowMs() - 30 * 24 * HOUR_MS));
  expect((await asking({ requestId: old, server: server.id })).subject.requestId).toBe(old);
  expect(await answerOf(asking({ requestId: old }))).toMatchObject({ code: "not_found" });
});
