import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "#drizzle/schema/index.ts";
import type { CreatedApiToken, CreatedInvitation, Me, Organization, Problem } from "#lib/contract/index.ts";
import { hashPassword } from "#lib/crypto/index.ts";
import { createSetupToken } from "#lib/domain/organizations/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTenants,
  sessionCookieOf,
  sessionOf,
  signedIn,
  type Tenants,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { routes } from "./routes/index.ts";

/** Identity as a whole, through the REST API: what ends, ends with the next request. */
let store: TestDatabase;
let tenants: Tenants;
let api: ReturnType<typeof testApi>;
beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  api = testApi({ ...testSystem({ database: store.database }), ids: createIdSource() }, routes);
});
afterAll(() => store.close());
const status = async (as: Record<string, string>, path = "/me") =>
  (await api.call("GET", path, { as })).status;

test("a person sees themselves, their organizations and what they may do in each; a token its one", async () => {
  const as = await signedIn(tenants.acme, "admin");
  const me = await api.call<Me>("GET", "/me", { as });
  expect(me.body).toMatchObject({ kind: "user", name: "Acme admin", email: "admin@acme.example" });
  expect(me.body.organizations).toMatchObject([{ slug: "acme", role: "admin" }]);
  expect(me.body.organizations[0]?.scopes).not.toContain("organization:write");
  const made = await api.call<CreatedApiToken>("POST", "/organizations/acme/api-tokens", {
    as,
    body: { name: "CI", scopes: ["servers:read"] },
  });
  expect(made.status).toBe(201);
  const token = { authorization: `Bearer ${made.body.secret}` };
  expect((await api.call<Me>("GET", "/me", { as: token })).body).toMatchObject({
    kind: "apiToken",
    id: made.body.id,
    email: null,
  });
  const seen = await api.call<Organization[]>("GET", "/organizations", { as: token });
  expect(seen.body).toMatchObject([{ slug: "acme", role: null, scopes: ["servers:read"] }]);
  expect(await status(token, "/organizations/acme/mcp-servers")).toBe(200);
  expect(await status(token, "/organizations/acme/members")).toBe(403);
  expect(await status(token, "/organizations/globex/mcp-servers")).toBe(404);
  await api.call("DELETE", `/organizations/acme/api-tokens/${made.body.id}`, { as });
  expect(await status(token, "/organizations/acme/mcp-servers")).toBe(401);
});

test("signing out everywhere ends every session of the person with the next request, and nobody else's", async () => {
  const { developer, viewer } = tenants.acme.users;
  const [here, there, neighbour] = [
    await sessionOf(developer.id),
    await sessionOf(developer.id),
    await sessionOf(viewer.id),
  ];
  expect([await status(here), await status(there)]).toEqual([200, 200]);
  expect((await api.call("POST", "/me/sign-out-everywhere", { as: here })).status).toBe(204);
  expect([await status(here), await status(there), await status(neighbour)]).toEqual([401, 401, 200]);
  expect(await status(await sessionOf(developer.id, 2))).toBe(200);
});

test("a disabled person, a removed member and an expired cookie are out with the next request", async () => {
  const { viewer } = tenants.globex.users;
  const as = await sessionOf(viewer.id);
  expect(await status(as)).toBe(200);
  await store.database.db.update(users).set({ disabledAt: new Date() }).where(eq(users.id, viewer.id));
  expect(await status(as)).toBe(401);
  const removed = await signedIn(tenants.globex, "developer");
  expect(await status(removed, "/organizations/globex")).toBe(200);
  const owner = await signedIn(tenants.globex, "owner");
  await api.call("DELETE", `/organizations/globex/members/${tenants.globex.users.developer.id}`, {
    as: owner,
  });
  expect(await status(removed, "/organizations/globex")).toBe(401);
  const signedInAgain = await sessionOf(tenants.globex.users.developer.id, 2);
  expect(await status(signedInAgain, "/organizations/globex")).toBe(404);
  expect(await status({ cookie: await sessionCookieOf(tenants.globex.users.owner.id, 1, -20) })).toBe(401);
});

test("a changed password ends the sessions; the wrong one changes nothing", async () => {
  const { admin } = tenants.globex.users;
  const passwordHash = await hashPassword("correct horse battery", { N: 1024, r: 8, p: 1 });
  await store.database.db.update(users).set({ passwordHash }).where(eq(users.id, admin.id));
  const as = await sessionOf(admin.id);
  const change = (currentPassword: string) =>
    api.call<Problem>("POST", "/me/password", {
      as,
      body: { currentPassword, newPassword: "another horse battery" },
    });
  const wrong = await change("wrong");
  expect([wrong.status, wrong.body.errors[0]?.path]).toEqual([400, "currentPassword"]);
  expect(await status(as)).toBe(200);
  expect((await change("correct horse battery")).status).toBe(204);
  expect(await status(as)).toBe(401);
});

test("an invitation travels as a link of the public address, and its holder joins without being signed in", async () => {
  const as = await signedIn(tenants.acme, "owner");
  const body = { email: "grace@example.com", name: "Grace", role: "viewer" };
  const invited = await api.call<CreatedInvitation>("POST", "/organizations/acme/members", { as, body });
  expect(invited.status).toBe(201);
  expect(invited.body.inviteUrl).toMatch(/^http:\/\/127\.0\.0\.1:3000\/invite\/[\w-]{32}$/);
  const token = invited.body.inviteUrl.split("/").at(-1);
  const preview = await api.call("POST", "/invitations/preview", { body: { token } });
  expect(preview.body).toMatchObject({
    organizationName: "Acme",
    email: "grace@example.com",
    hasAccount: false,
  });
  const short = await api.call<Problem>("POST", "/invitations/accept", {
    body: { token, password: "short" },
  });
  expect([short.status, short.body.errors[0]?.path]).toEqual([400, "password"]);
  const accepted = await api.call("POST", "/invitations/accept", {
    body: { token, password: "nanoseconds of wire" },
  });
  expect([accepted.status, accepted.body]).toMatchObject([
    200,
    { organization: { slug: "acme" }, email: "grace@example.com" },
  ]);
});

test("setup over REST works once, and says beforehand whether it is needed", async () => {
  const fresh = await testDatabase();
  try {
    const system = testSystem({ database: fresh.database });
    const { call } = testApi(system, routes);
    expect((await call("GET", "/setup")).body).toEqual({ needed: true });
    const body = {
      organizationName: "Acme",
      name: "Ada",
      email: "ada@example.com",
      password: "correct horse battery",
    };
    const wrong = await call<Problem>("POST", "/setup", { body: { ...body, token: "guess" } });
    expect([wrong.status, wrong.body.code]).toEqual([403, "forbidden"]);
    const token = await createSetupToken(system);
    expect((await call("POST", "/setup", { body: { ...body, token } })).status).toBe(201);
    expect((await call("GET", "/setup")).body).toEqual({ needed: false });
    expect((await call("POST", "/setup", { body: { ...body, token } })).status).toBe(409);
  } finally {
    await fresh.close();
  }
});

test("text that no column can hold is the caller's fault, in bodies, paths and queries", async () => {
  const as = await signedIn(tenants.acme, "owner");
  const rename = await api.call<Problem>("PATCH", "/organizations/acme", { as, body: { name: "a\u0000b" } });
  expect([rename.status, rename.body.code]).toEqual([400, "invalid_input"]);
  const query = await api.call<Problem>("GET", "/organizations/acme/audit-log", {
    as,
    query: { cursor: "\u0000" },
  });
  expect(query.status).toBe(400);
  expect(await status(as, "/organizations/%00")).toBe(404);
});
