import { hkdfSync } from "node:crypto";
import { EncryptJWT } from "jose";
import { type AuthSystem, authSettings, sessionCookieName } from "#lib/auth/index.ts";
import type { Role, Scope } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { createApiToken } from "#lib/domain/api-tokens/index.ts";
import { systemCtx } from "#lib/domain/organizations/index.ts";
import type { Route } from "#lib/http/define-route.ts";
import { createDispatcher, type DispatcherOptions } from "#lib/http/dispatch.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { TestOrganization } from "./tenants.ts";

export const TEST_ORIGIN = "http://127.0.0.1:3000";
const SECRET = "a secret of the tests, long enough for anybody";

/** Headers that prove who calls. */
export type Credentials = Readonly<Record<string, string>>;

export interface TestCall {
  /** Default: nobody. */
  as?: Credentials;
  query?: Readonly<Record<string, string>>;
  /** Sent as JSON; a Uint8Array or a string is sent as it is. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

export interface TestAnswer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** A system that can tell who calls, over `system`. */
export const testAuthSystem = (system: System, publicUrl = TEST_ORIGIN): AuthSystem => ({
  ...system,
  auth: authSettings(SECRET, publicUrl),
});

/** The REST API without Next: real identities, real database, answers checked strictly against their schemas. */
export function testApi(system: System, routes: readonly Route[], options: Partial<DispatcherOptions> = {}) {
  const authSystem = testAuthSystem(system);
  const dispatch = createDispatcher({ routes, system: authSystem, strictResponses: true, ...options });

  const call = async <Body = unknown>(
    method: string,
    path: string,
    { as = {}, query, body, headers = {} }: TestCall = {},
  ): Promise<TestAnswer<Body>> => {
    const url = new URL(`/api/v1${path}`, TEST_ORIGIN);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await dispatch(
      new Request(url, {
        method,
        headers: {
          "x-forwarded-for": "192.0.2.1",
          ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
          ...as,
          ...headers,
        },
        ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== "" ? JSON.parse(text) : text,
      text,
    };
  };

  return { call, dispatch, system: authSystem };
}

/** A session cookie as the dashboard's own script sends it: with the CSRF header, from our own origin. */
export async function sessionOf(userId: string, tokenVersion = 1): Promise<Credentials> {
  return { cookie: await sessionCookieOf(userId, tokenVersion), "x-mcpstack-csrf": "1", origin: TEST_ORIGIN };
}

/** What next-auth encrypts cookies with; spelled out here, because nothing below the adapters may load next-auth. */
const COOKIE_KEY = new Uint8Array(hkdfSync("sha256", SECRET, "", "NextAuth.js Generated Encryption Key", 32));

/** The bare cookie header of a session. `maxAgeSeconds` below zero makes one that has expired. */
export async function sessionCookieOf(
  userId: string,
  tokenVersion = 1,
  maxAgeSeconds: number = limits.auth.sessionSeconds,
): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = await new EncryptJWT({ sub: userId, ver: tokenVersion })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + maxAgeSeconds)
    .encrypt(COOKIE_KEY);
  return `${sessionCookieName(false)}=${token}`;
}

/** The session of the organization's user of `role`. */
export const signedIn = (organization: TestOrganization, role: Role): Promise<Credentials> =>
  sessionOf(organization.users[role].id);

/** A fresh API token of the organization with exactly `scopes`. */
export async function bearer(
  system: System,
  organization: Pick<TestOrganization, "id">,
  scopes: readonly Scope[],
): Promise<Credentials> {
  const ctx = await systemCtx(system, organization.id, "test");
  const { secret } = await createApiToken(ctx, { name: "test", scopes: [...scopes] });
  return { authorization: `Bearer ${secret}` };
}
