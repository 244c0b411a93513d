import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentServers, agents, auditLog, checkRuns, servers } from "#drizzle/schema/index.ts";
import { CheckPolicy, Evidence } from "#lib/contract/index.ts";
import { collected, type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";
import { passedCheck } from "#lib/testing/index.ts";
import { listenOnLoopback, startModernServer, type TestMcpServer } from "#lib/testing/mcp/index.ts";

let own: DiagnosisFixture;
let working: TestMcpServer;
/** Answers nobody. */
let silent: Awaited<ReturnType<typeof listenOnLoopback>>;
/** Speaks the modern era only. */
let modernOnly: Awaited<ReturnType<typeof listenOnLoopback>>;
const urls = new Map<string, string>();

beforeAll(async () => {
  working = await startModernServer();
  silent = await listenOnLoopback(() => undefined);
  modernOnly = await listenOnLoopback(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (body.includes('"initialize"')) return void res.writeHead(400).end("no sessions here");
    const { "content-length": _length, host: _host, connection: _connection, ...headers } = req.headers;
    const answer = await fetch(working.url, {
      method: req.method ?? "POST",
      headers: headers as Record<string, string>,
      ...(body === "" ? {} : { body }),
    });
    res.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    res.end(await answer.text());
  });
  const doorOf = (slug: string) => ({ url: urls.get(slug) ?? working.url, headers: {} });
  own = await diagnosisFixture({
    internalMcp: (slug) => doorOf(slug),
    agentMcp: ({ slug }) => doorOf(slug),
  });
});
afterAll(async () => {
  await Promise.all([working.close(), silent.close(), modernOnly.close()]);
  await own.store.close();
});

async function serverAt(url: string, tool: string | null = "echo") {
  const { id, slug } = await own.server();
  urls.set(slug, url);
  const canary = tool && { tool, arguments: { text: "hello" }, expectedText: "hello", everySeconds: null };
  await own.store.database.db
    .update(servers)
    .set({ status: "active", checkPolicy: CheckPolicy.parse({ canary }) })
    .where(eq(servers.id, id));
  return id;
}
const storedFor = (serverId: string) =>
  own.store.database.db.select().from(checkRuns).where(eq(checkRuns.serverId, serverId));

test("a server is called in both eras, with its canary, and as the agent; each is a check that can be found", async () => {
  const id = await serverAt(working.url);
  const bot = own.ids.id("agt");
  const organizationId = own.tenants.acme.id;
  await own.store.database.db.insert(agents).values({ organizationId, id: bot, name: "Bot" });
  await own.store.database.db.insert(agentServers).values({ organizationId, agentId: bot, serverId: id });
  const evidence = await own.evidence({ server: id, agent: bot, probe: true });
  const { modern, legacy, canary, asAgent, canaryAsAgent, tools } = evidence.smoke;
  expect(collected(modern)).toMatchObject({ status: "passed", era: "modern", toolCount: 3 });
  expect(collected(legacy)).toMatchObject({ status: "passed", era: "legacy" });
  expect(collected(canary)).toMatchObject({ status: "passed", tool: "echo", answer: null });
  expect(collected(asAgent)).toMatchObject({ status: "passed", checkId: null });
  expect(collected(canaryAsAgent)).toMatchObject({ status: "passed", tool: "echo" });
  expect(collected(tools)).toMatchObject({ current: { toolCount: 3 }, before: null });
  expect(collected(evidence.hosting.check)).toMatchObject({ status: "passed" });
  const ids = (await storedFor(id)).map((run) => run.id);
  for (const probe of [collected(modern), collected(legacy), collected(canary), collected(canaryAsAgent)])
    expect(ids).toContain(probe.checkId);
  const audited = await own.store.database.db.select().from(auditLog).where(eq(auditLog.entityId, id));
  expect(audited.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["check.toolsList", "check.canary"]),
  );
  expect(Evidence.safeParse(evidence).error).toBeUndefined();
});

test("an era that a server need not speak leaves no failed check behind; a tool that fails does", async () => {
  const id = await serverAt(modernOnly.url, "fail");
  const { modern, legacy, canary } = (await own.evidence({ server: id, probe: true })).smoke;
  expect(collected(modern)).toMatchObject({ status: "passed", checkId: expect.any(String) });
  expect(collected(legacy)).toMatchObject({ status: "failed", checkId: null });
  expect(collected(canary)).toMatchObject({
    status: "failed",
    isToolError: true,
    answer: "the order does not exist",
  });
  const stored = await storedFor(id);
  expect(stored.filter(({ kind }) => kind === "tools-list").map(({ status }) => status)).toEqual(["passed"]);
});

test("who may not run checks, or asks for none, gets none, and what is stored all the same", async () => {
  const id = await serverAt(working.url);
  own.runtime.onHostingCheck = () => [passedCheck("eu", "edge-eu")];
  await own.evidence({ server: id, probe: true });
  const before = (await storedFor(id)).length;
  const viewer = await own.evidence({ server: id, probe: true }, own.as("viewer"));
  for (const section of [viewer.smoke.modern, viewer.smoke.canary, viewer.gateway.doctor])
    expect(section).toMatchObject({ status: "missing", reason: "not_allowed" });
  expect(collected(viewer.hosting.check)).toMatchObject({ status: "passed", regions: [{ region: "eu" }] });
  await own.evidence({ server: id, probe: false });
  expect(await storedFor(id)).toHaveLength(before);
});

test("a server that answers nobody costs no more than the deadline, and the rest is there", async () => {
  const id = await serverAt(silent.url);
  await own.write([own.fact(id)]);
  const evidence = await own.evidence({ server: id, probe: true }, own.as(), { collectMs: 1_000 });
  for (const section of [evidence.smoke.modern, evidence.smoke.legacy, evidence.smoke.canary])
    expect(section).toMatchObject({ status: "missing", reason: "timeout" });
  expect(collected(evidence.logs.counts).now.calls).toBe(1);
  expect(collected(evidence.billing.balance)).toBeDefined();
});
