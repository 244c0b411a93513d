import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { budgetSpend } from "#drizzle/schema/index.ts";
import type { Agent, AgentBudget, Problem } from "#lib/contract/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { type Credentials, signedIn, testApi } from "#lib/testing/index.ts";
import { routes } from "./routes/index.ts";

let own: GatewayFixture;
let api: ReturnType<typeof testApi>;
let acme: Credentials;
let path: string;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture();
  api = testApi(own.system, routes);
  acme = await signedIn(own.tenants.acme, "admin");
});
afterAll(() => own.store.close());
beforeEach(async () => {
  const { body } = await api.call<Agent>("POST", "/organizations/acme/agents", {
    as: acme,
    body: { name: `Agent ${++made}` },
  });
  path = `/organizations/acme/agents/${body.id}`;
});

const read = async (of = path) => (await api.call("GET", of, { as: acme })).headers.get("etag") ?? "";
const patch = <Body>(of: string, body: object, ifMatch?: string) =>
  api.call<Body>("PATCH", of, {
    as: acme,
    body,
    headers: ifMatch === undefined ? {} : { "If-Match": ifMatch },
  });

test("a change counts while it is based on what is there; the second of two is told to read again", async () => {
  const etag = await read();
  const first = await patch<Agent>(path, { description: "First" }, etag);
  const second = await patch<Problem>(path, { description: "Second" }, etag);
  expect([first.status, second.status, second.body.code]).toEqual([200, 412, "precondition_failed"]);
  expect(first.headers.get("etag")).toBe(await read());
  expect((await patch(path, { description: "Third" }, await read())).status).toBe(200);
});

test("of many at once that read the same, one changes it", async () => {
  const budget = `${path}/budget`;
  const etag = await read(budget);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => patch(budget, { monthlyCapMicros: String(n + 1) }, etag)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
});

test("what is spent changes nothing that somebody set", async () => {
  const budget = `${path}/budget`;
  const etag = await read(budget);
  const { body } = await api.call<AgentBudget>("GET", budget, { as: acme });
  await own.store.database.db.insert(budgetSpend).values({
    organizationId: own.tenants.acme.id,
    scopeKind: "agent",
    scopeId: body.agentId,
    agentId: body.agentId,
    period: body.period.start.slice(0, 7),
    spentMicros: 5n,
    updatedAt: new Date(),
  });
  expect(await read(budget)).toBe(etag);
  expect((await patch(budget, { monthlyCapMicros: "4" }, etag)).status).toBe(200);
});

test("who does not say what a change is based on, or says anything, changes it", async () => {
  expect((await patch(path, { description: "Blind" })).status).toBe(200);
  expect((await patch(path, { description: "Any" }, "*")).status).toBe(200);
  const both = `"old", ${await read()}`;
  expect((await patch(path, { description: "One of two" }, both)).status).toBe(200);
});

test.each(["old", '"open', '"a" "b"', ""])("If-Match: %j is refused", async (header) => {
  const answer = await patch<Problem>(path, { description: "No" }, header);
  expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, "If-Match"]);
});

test("a reader who has this version is told so without it", async () => {
  const etag = await read();
  const answer = await api.call("GET", path, { as: acme, headers: { "If-None-Match": etag } });
  expect([answer.status, answer.text, answer.headers.get("etag")]).toEqual([304, "", etag]);
});
