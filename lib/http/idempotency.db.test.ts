import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Agent, CreatedAccessKey, Problem } from "#lib/contract/index.ts";
import { createAgent } from "#lib/domain/agents/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { type Credentials, signedIn, testApi } from "#lib/testing/index.ts";
import { defineRoute } from "./define-route.ts";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./routes/index.ts";

/** Every kind of route: one that needs a key, and the real ones, which may have one or know none. */
const needsKey = defineRoute({
  method: "POST",
  path: "/organizations/{org}/must",
  operationId: "must",
  summary: "must",
  access: "agents:write",
  idempotency: "required",
  body: z.object({ name: z.string() }),
  response: z.object({ id: z.string() }),
  status: 201,
  location: ({ org }, { id }) => `/organizations/${org}/agents/${id}`,
  handle: ({ ctx, body }) => createAgent(ctx, body).then(({ id }) => ({ id })),
});

let own: GatewayFixture;
let api: ReturnType<typeof testApi>;
let acme: Credentials;
let globex: Credentials;
beforeAll(async () => {
  own = await gatewayFixture();
  api = testApi(own.system, [...routes, needsKey]);
  [acme, globex] = await Promise.all([
    signedIn(own.tenants.acme, "admin"),
    signedIn(own.tenants.globex, "admin"),
  ]);
});
afterAll(() => own.store.close());

let made = 0;
const newKey = () => `test-${++made}`;
const post = <Body>(path: string, body: object, key?: string, as = acme) =>
  api.call<Body>("POST", `/organizations/${as === acme ? "acme" : "globex"}${path}`, {
    as,
    body,
    headers: key === undefined ? {} : { "Idempotency-Key": key },
  });

test("a call that is sent again answers what it answered, and says so", async () => {
  const key = newKey();
  const first = await post<Agent>("/agents", { name: key }, key);
  const again = await post<Agent>("/agents", { name: key }, key);
  expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([201, null]);
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get("location")).toBe(first.headers.get("location"));
  expect((await post("/agents", { name: key })).status).toBe(409);
});

test("a secret that is told once is told again to who lost the answer, and to nobody else", async () => {
  const key = newKey();
  const agent = (await post<Agent>("/agents", { name: `${key} agent` })).body;
  const ask = (as: Credentials) =>
    post<CreatedAccessKey>(`/agents/${agent.id}/keys`, { name: "CI" }, key, as);
  const first = await ask(acme);
  expect((await ask(acme)).body.secret).toBe(first.body.secret);
  expect((await ask(globex)).status).toBe(404);
});

test("with another body a key is refused with 422; with another organization it is another key", async () => {
  const key = newKey();
  await post("/agents", { name: key }, key);
  const other = await post<Problem>("/agents", { name: `${key} other` }, key);
  expect([other.status, other.body.code]).toEqual([422, "unprocessable"]);
  const theirs = await post("/agents", { name: key }, key, globex);
  expect([theirs.status, theirs.headers.get("idempotency-replayed")]).toEqual([201, null]);
});

test("a refusal is not remembered: the same call works once its cause is gone", async () => {
  const key = newKey();
  await post("/agents", { name: "Taken" });
  expect((await post("/agents", { name: "Taken" }, key)).status).toBe(409);
  await api.call("DELETE", "/organizations/acme/agents/Taken", { as: acme });
  expect((await post("/agents", { name: "Taken" }, key)).status).toBe(201);
});

test("where a key must come, a call without one is refused and does nothing", async () => {
  const without = await post<Problem>("/must", { name: "Nothing" });
  expect([without.status, without.body]).toEqual([
    400,
    expect.objectContaining({
      code: "invalid_input",
      errors: [expect.objectContaining({ path: "Idempotency-Key", code: "required" })],
    }),
  ]);
  expect((await api.call("GET", "/organizations/acme/agents/Nothing", { as: acme })).status).toBe(404);
  expect((await post("/must", { name: "Something" }, newKey())).status).toBe(201);
});

const { idempotencyKeyCharactersMax: max } = limits.money;
test.each([
  ["empty", ""],
  ["too long", "k".repeat(max + 1)],
  ["with a space", "a b"],
  ["not ASCII", "schl\u00fcssel"],
  ["two of them", "one, two"],
])("a key that is %s is refused", async (_name, key) => {
  const answer = await post<Problem>("/agents", { name: newKey() }, key);
  expect([answer.status, answer.body.errors[0]]).toEqual([
    400,
    expect.objectContaining({ path: "Idempotency-Key", code: "invalid" }),
  ]);
});

test("the longest key is taken", async () => {
  expect((await post("/agents", { name: newKey() }, "k".repeat(max))).status).toBe(201);
});

test("the document says where a key may come and where it must", () => {
  const document = openApiDocument([...routes, needsKey], "https://mcp.example.com");
  const paths = document.paths as Record<
    string,
    Record<string, { parameters: { name: string; in: string; required: boolean }[] }>
  >;
  const keyOf = (path: string) =>
    paths[path]?.post?.parameters.find((parameter) => parameter.name === "Idempotency-Key");
  expect(keyOf("/organizations/{org}/must")).toMatchObject({ in: "header", required: true });
  expect(keyOf("/organizations/{org}/agents")).toMatchObject({ in: "header", required: false });
});

test("what makes or buys credits needs a key", () => {
  const moving = routes.filter(
    ({ method, path }) => method === "POST" && /\/ai-credits\/(grants|checkout-session)$/.test(path),
  );
  for (const route of moving) expect([route.path, route.idempotency]).toEqual([route.path, "required"]);
});
