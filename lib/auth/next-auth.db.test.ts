import { eq } from "drizzle-orm";
import NextAuth, { type NextAuthOptions } from "next-auth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "#drizzle/schema/index.ts";
import { hashPassword } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { takeSignInAttempt } from "#lib/domain/accounts/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type Tenants,
  type TestDatabase,
  testAuthSystem,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { actorFromRequest } from "./actor-from-request.ts";
import { nextAuthOptions } from "./next-auth.ts";

/** The real next-auth with our options: what it puts into the cookie is what the rest of the product believes. */
const PASSWORD = "correct horse battery";
let store: TestDatabase;
let tenants: Tenants;
let system: System;
beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  system = testSystem({ database: store.database });
  const passwordHash = await hashPassword(PASSWORD, { N: 1024, r: 8, p: 1 });
  for (const user of [tenants.acme.users.owner, tenants.acme.users.admin]) {
    await store.database.db.update(users).set({ passwordHash }).where(eq(users.id, user.id));
  }
});
afterAll(() => store.close());

type Cookies = Record<string, string>;
interface Asked {
  path: readonly string[];
  body?: Cookies;
  cookies?: Cookies;
}

/** One request to next-auth, in the form that needs no Next around it. */
async function ask(options: NextAuthOptions, { path, body, cookies = {} }: Asked) {
  const answer = { status: 200, body: undefined as unknown, setCookies: [] as string[], location: "" };
  const response = {
    status: (status: number) => {
      answer.status = status;
      return response;
    },
    getHeader: () => answer.setCookies,
    setHeader: (name: string, value: string | string[]) => {
      if (name === "Set-Cookie") answer.setCookies = [value].flat();
      if (name === "Location") answer.location = String(value);
      return response;
    },
    json: (value: unknown) => {
      answer.body = value;
    },
    send: (value: unknown) => {
      answer.body = value;
    },
    end: () => undefined,
  };
  const method = body === undefined ? "GET" : "POST";
  const request = {
    method,
    query: { nextauth: path },
    headers: { "x-forwarded-for": "192.0.2.1" },
    body,
    cookies,
  };
  await NextAuth(request as never, response as never, options);
  return answer;
}

/** Name, value and attributes of a Set-Cookie header. */
function parseCookie(header: string) {
  const [pair = "", ...attributes] = header.split("; ");
  const equals = pair.indexOf("=");
  return { name: pair.slice(0, equals), value: decodeURIComponent(pair.slice(equals + 1)), attributes };
}

async function enter(publicUrl: string, email: string, password: string) {
  const options = nextAuthOptions(testAuthSystem(system, publicUrl));
  const csrf = await ask(options, { path: ["csrf"] });
  const cookies = Object.fromEntries(
    csrf.setCookies.map(parseCookie).map(({ name, value }) => [name, value]),
  );
  const { csrfToken = "" } = csrf.body as { csrfToken?: string };
  const body = { email, password, csrfToken, json: "true" };
  const answer = await ask(options, { path: ["callback", "credentials"], cookies, body });
  const { url } = answer.body as { url: string };
  return {
    status: answer.status,
    error: new URL(url).searchParams.get("error"),
    session: sessionIn(answer.setCookies),
  };
}

const sessionIn = (setCookies: readonly string[]) =>
  setCookies.map(parseCookie).find(({ name }) => name.includes("mcpstack-session"));

test("the cookie of a sign-in is what identifies the person everywhere, for eight hours, to scripts invisible", async () => {
  const { owner } = tenants.acme.users;
  const { session, error } = await enter("http://127.0.0.1:3000", owner.email, PASSWORD);
  expect([error, session?.name]).toEqual([null, "mcpstack-session"]);
  expect(session?.attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/"]));
  expect(session?.attributes).not.toContain("Secure");
  const headers = { cookie: `mcpstack-session=${session?.value}` };
  const here = testAuthSystem(system);
  const principal = await actorFromRequest(here, { headers });
  expect(principal).toMatchObject({ via: "session", actor: { userId: owner.id }, tokenVersion: 1 });
  const lifetimeMs = (principal?.expiresAtMs ?? 0) - Date.now();
  expect(Math.abs(lifetimeMs - limits.auth.sessionSeconds * 1000)).toBeLessThan(60_000);
  const elsewhere = { ...here, auth: { ...here.auth, secret: "another secret, as long as the first" } };
  expect(await actorFromRequest(elsewhere, { headers })).toBeNull();
});

test("over https the cookie is Secure and pinned to the host, and the plain one is not accepted", async () => {
  const https = testAuthSystem(system, "https://mcp.example.com");
  const { session } = await enter("https://mcp.example.com", tenants.acme.users.owner.email, PASSWORD);
  expect(session?.name).toBe("__Host-mcpstack-session");
  expect(session?.attributes).toEqual(expect.arrayContaining(["Secure", "HttpOnly", "Path=/"]));
  expect(session?.attributes.join()).not.toContain("Domain");
  const as = (name: string) => actorFromRequest(https, { headers: { cookie: `${name}=${session?.value}` } });
  expect(await as("__Host-mcpstack-session")).not.toBeNull();
  expect(await as("mcpstack-session")).toBeNull();
});

test("a refusal names its reason to the sign-in page and sets no session", async () => {
  const { admin } = tenants.acme.users;
  const wrong = await enter("http://127.0.0.1:3000", admin.email, "wrong");
  expect(wrong).toEqual({ status: 401, error: "CredentialsSignin", session: undefined });
  for (let attempt = 0; attempt < limits.auth.signInAttemptsPerWindowMax; attempt++) {
    await takeSignInAttempt(system, admin.email, `10.0.0.${attempt}`).catch(() => undefined);
  }
  const limited = await enter("http://127.0.0.1:3000", admin.email, PASSWORD);
  expect(limited.error).toMatch(/^rate_limited:\d+$/);
  expect(limited.session).toBeUndefined();
});

test("asking for the session after it was ended clears the cookie", async () => {
  const { owner } = tenants.acme.users;
  const options = nextAuthOptions(testAuthSystem(system));
  const { session } = await enter("http://127.0.0.1:3000", owner.email, PASSWORD);
  const cookies = { "mcpstack-session": session?.value ?? "" };
  const before = await ask(options, { path: ["session"], cookies });
  expect(before.body).toMatchObject({ user: { email: owner.email } });
  await store.database.db.update(users).set({ tokenVersion: 2 }).where(eq(users.id, owner.id));
  const after = await ask(options, { path: ["session"], cookies });
  expect(after.body).toEqual({});
  expect(sessionIn(after.setCookies)).toMatchObject({
    value: "",
    attributes: expect.arrayContaining(["Max-Age=0"]),
  });
});
