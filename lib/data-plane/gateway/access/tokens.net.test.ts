import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPinnedConnector } from "#lib/data-plane/network/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import {
  type AnsweringUpstream,
  gatewayEntry,
  grantEntry,
  type JsonRpcError,
  listenOnLoopback,
  type RealIssuer,
  rawRequest,
  startAnsweringUpstream,
  startRealIssuer,
  startTestGateway,
  type TestGateway,
  toolCall,
} from "#lib/testing/mcp/index.ts";
import { principalOfToken } from "./principals.ts";

const PUBLIC_ID = "public-orders";
const AUDIENCE = `https://mcp.example.com/gateway/${PUBLIC_ID}/mcp`;
const METADATA = `https://mcp.example.com/.well-known/oauth-protected-resource/gateway/${PUBLIC_ID}/mcp`;

let issuer: RealIssuer;
let upstream: AnsweringUpstream;
let clock: FakeClock;
let gateway: TestGateway;

interface OAuthOptions {
  jwksUrl?: string;
  audience?: string;
  scopes?: string[];
  pinned?: boolean;
}

/** A gateway of its own: nothing is remembered from the test before. */
async function start({ jwksUrl, audience, scopes = [], pinned = false }: OAuthOptions = {}): Promise<void> {
  await gateway?.close();
  clock = fakeClock(Date.now());
  gateway = await startTestGateway({
    runtimes: { orders: upstream.url },
    attached: { orders: { id: "gw_oauth", publicId: PUBLIC_ID } },
    gateways: [
      gatewayEntry("gw_oauth", {
        access: ["oauth"],
        oauth: { issuer: issuer.issuer, jwksUrl: jwksUrl ?? null, audience: audience ?? null, scopes },
        grants: [grantEntry("grt_all")],
      }),
    ],
    clock,
    ...(pinned ? { connect: createPinnedConnector({}) } : {}),
  });
}

beforeAll(async () => {
  [issuer, upstream] = await Promise.all([startRealIssuer(), startAnsweringUpstream()]);
});
beforeEach(async () => {
  issuer.isDown = false;
  issuer.seen.length = 0;
  await start();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([issuer.close(), upstream.close()]);
});

const call = (token: string | null) =>
  rawRequest(gateway.through(PUBLIC_ID), {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: toolCall(1),
  });
const keyReads = () => issuer.seen.filter((path) => path === "/jwks").length;
const seconds = (fromNow: number) => Math.floor(clock.nowMs() / 1000) + fromNow;
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Calls with a token that is refused, and looks at what is told to whom. */
async function refused(token: string, reason: string) {
  const from = gateway.facts.length;
  const answer = await call(token);
  const fact = await gateway.fact((one) => gateway.facts.indexOf(one) >= from);
  expect(fact.decision?.reason).toBe(reason);
  expect(fact.outcome).toBe("auth_denied");
  expect(fact.decision?.explanation?.fix).not.toBe("");
  const told = JSON.stringify([fact, gateway.log, answer.headers, answer.text]);
  expect(told).not.toContain(token);
  expect(told).not.toContain(token.split(".")[1]);
  expect(answer.json().error.message).toContain(`(request ${answer.headers["x-request-id"]})`);
  return { answer, fact, explanation: fact.decision?.explanation };
}

describe("a token of the gateway's authorization server", () => {
  it("opens the door for its holder, and is verified once", async () => {
    const token = await issuer.tokenFor(AUDIENCE);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(keyReads()).toBe(1);
    const fact = await gateway.fact((one) => one.tool === "echo");
    expect(fact.decision).toEqual({
      reason: "allowed",
      principal: "oauth:robot",
      grantId: "grt_all",
      explanation: null,
    });
  });

  it("opens nothing as soon as it is expired, although it is remembered", async () => {
    const token = await issuer.sign({ aud: AUDIENCE, exp: seconds(30) });
    expect((await call(token)).status).toBe(200);
    clock.advance((30 + limits.gateways.clockSkewSeconds) * 1000 - 5_000);
    expect((await call(token)).status).toBe(200);
    clock.advance(5_000);
    const { answer } = await refused(token, "token_expired");
    expect(answer.status).toBe(401);
  });

  it("opens nothing as soon as the gateway asks for another audience or issuer, although it is remembered", async () => {
    const token = await issuer.sign({ aud: AUDIENCE });
    expect((await call(token)).status).toBe(200);
    const change = (oauth: { issuer?: string; audience?: string }) =>
      gateway.configure((stored) => {
        stored.gateways = stored.gateways.map((entry) => ({
          ...entry,
          oauth: entry.oauth && { ...entry.oauth, ...oauth },
        }));
      });
    await change({ audience: "https://elsewhere.example" });
    await refused(token, "token_audience_mismatch");
    await change({ audience: AUDIENCE, issuer: "https://other.example" });
    await refused(token, "token_issuer_mismatch");
  });

  it("whose payload is signed without its encoding says nothing that was signed", async () => {
    const [, claims, signature] = (await issuer.sign({ aud: AUDIENCE })).split(".");
    const header = encode({ alg: "RS256", b64: false, crit: ["b64"] });
    await refused(`${header}.${claims}.${signature}`, "token_malformed");
  });

  it("binds a long subject as it does a short one, without keeping it", async () => {
    const subjects = ["ada", `${"a".repeat(5_000)}1`, `${"a".repeat(5_000)}2`];
    const ids = subjects.map((sub) => principalOfToken(issuer.issuer, sub, { sub }).id);
    expect(new Set(ids).size).toBe(3);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThan(300);
  });

  it("may name several audiences, and its client instead of a subject", async () => {
    const token = await issuer.sign({
      aud: ["https://a.example", AUDIENCE],
      sub: undefined,
      client_id: "cron",
    });
    expect((await call(token)).status).toBe(200);
    expect((await gateway.fact(() => true)).decision?.principal).toBe("oauth:cron");
  });

  it("is judged with a little patience for clocks that differ", async () => {
    const skew = limits.gateways.clockSkewSeconds;
    expect((await call(await issuer.sign({ aud: AUDIENCE, exp: seconds(5 - skew) }))).status).toBe(200);
    expect((await call(await issuer.sign({ aud: AUDIENCE, nbf: seconds(skew - 5) }))).status).toBe(200);
    await refused(await issuer.sign({ aud: AUDIENCE, exp: seconds(-skew - 5) }), "token_expired");
    await refused(await issuer.sign({ aud: AUDIENCE, nbf: seconds(skew + 60) }), "token_not_yet_valid");
  });
});

describe("a token that is not for this gateway", () => {
  it.each([
    ["token_issuer_mismatch", { iss: "https://evil.example" }],
    ["token_issuer_mismatch", { iss: undefined }],
    ["token_audience_mismatch", { aud: "https://mcp.example.com/gateway/another-id/mcp" }],
    ["token_audience_mismatch", { aud: undefined }],
    ["token_audience_mismatch", { aud: [`${AUDIENCE}/`] }],
    ["token_malformed", { sub: undefined }],
    ["token_malformed", { nbf: "tomorrow" }],
  ])("%s: %j", async (reason, claims) => {
    const { answer, explanation } = await refused(await issuer.sign({ aud: AUDIENCE, ...claims }), reason);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(
      new RegExp(
        `^Bearer resource_metadata="${METADATA}", error="invalid_token", error_description="[^"]+"$`,
      ),
    );
    expect(explanation?.expected).toMatchObject({ iss: issuer.issuer, aud: AUDIENCE });
    expect(explanation?.presented).toMatchObject({ method: "oauth" });
  });

  it("unsigned, or signed with what everybody knows, is refused by its algorithm", async () => {
    const claims = { iss: issuer.issuer, sub: "x", aud: AUDIENCE, exp: seconds(60) };
    const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;
    await refused(unsigned, "token_algorithm_refused");
    const publicKey = new TextEncoder().encode(JSON.stringify(issuer.publicKey()));
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: issuer.publicKey().kid ?? "" })
      .sign(publicKey);
    const { explanation } = await refused(symmetric, "token_algorithm_refused");
    expect(explanation?.presented.alg).toBe("HS256");
    expect(keyReads()).toBe(0);
  });

  it("changed on its way, or signed by somebody else under the same key id, is refused", async () => {
    const good = await issuer.sign({ aud: AUDIENCE });
    const [header, , signature] = good.split(".");
    const claims = { iss: issuer.issuer, sub: "root", aud: AUDIENCE, exp: seconds(60) };
    await refused(`${header}.${encode(claims)}.${signature}`, "token_signature_invalid");
    const other = await startRealIssuer();
    const forged = await other.sign(
      { iss: issuer.issuer, aud: AUDIENCE },
      { kid: issuer.publicKey().kid ?? "" },
    );
    await other.close();
    await refused(forged, "token_signature_invalid");
  });

  it.each(["opaque-token-of-another-server", "a.b.c", `${"x".repeat(9_000)}.y.z`])(
    "that is no JWT is refused: %s",
    async (token) => {
      const answer = await call(token);
      expect(answer.status).toBe(401);
      const { decision } = await gateway.fact(() => true);
      expect(decision?.reason).toBe("token_malformed");
      expect(JSON.stringify(decision)).not.toContain(token);
    },
  );

  it("without an expiry is refused", async () => {
    const claims = { iss: issuer.issuer, sub: "x", aud: AUDIENCE };
    await refused(`${encode({ alg: "RS256" })}.${encode(claims)}.AAAA`, "token_malformed");
  });

  it("hides no credential in what is kept of its claims", async () => {
    const smuggled = await issuer.sign({ aud: "https://x.example" });
    const token = await issuer.sign({
      aud: ["https://x.example", smuggled],
      scope: `read mcpstack_gk_${"A".repeat(43)}`,
      client_id: "c".repeat(5_000),
    });
    const { fact } = await refused(token, "token_audience_mismatch");
    const kept = JSON.stringify(fact.decision);
    expect(kept).not.toContain("eyJ");
    expect(kept).not.toContain("AAAAAAAAAA");
    expect(kept.length).toBeLessThan(limits.gateways.explanationCharactersMax + 200);
  });
});

describe("scopes", () => {
  it("that are missing are named in a 403, as the specification asks for", async () => {
    await start({ scopes: ["tools:call", "tools:list"] });
    const { answer, explanation } = await refused(
      await issuer.tokenFor(AUDIENCE, "tools:list"),
      "token_scope_missing",
    );
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer resource_metadata="${METADATA}", error="insufficient_scope", error_description="The access token lacks the scope tools:call. Sign in again and allow it.", scope="tools:call tools:list"`,
    );
    expect(explanation?.expected.missing).toEqual(["tools:call"]);
  });

  it("may be written as scope or as scp, as a text or a list", async () => {
    await start({ scopes: ["tools:call"] });
    for (const claims of [{ scope: "a tools:call" }, { scp: ["tools:call"] }, { scp: "tools:call b" }])
      expect((await call(await issuer.sign({ aud: AUDIENCE, ...claims }))).status).toBe(200);
    await refused(await issuer.sign({ aud: AUDIENCE, scope: "tools:calling" }), "token_scope_missing");
  });
});

describe("keys of the authorization server", () => {
  it("that are new are found at once; what was signed with the old one is refused", async () => {
    const old = await issuer.sign({ aud: AUDIENCE, jti: "not remembered" });
    expect((await call(await issuer.sign({ aud: AUDIENCE }))).status).toBe(200);
    await issuer.rotate();
    expect((await call(await issuer.sign({ aud: AUDIENCE }))).status).toBe(200);
    await refused(old, "token_key_unknown");
    expect(keyReads()).toBe(2);
  });

  it("that nobody knows are looked for once in a while, however many tokens name them", async () => {
    expect((await call(await issuer.sign({ aud: AUDIENCE }))).status).toBe(200);
    for (let index = 0; index < 5; index++) {
      const token = await issuer.sign({ aud: AUDIENCE }, { kid: `made-up-${index}` });
      await refused(token, "token_key_unknown");
    }
    expect(keyReads()).toBe(2);
    clock.advance(limits.gateways.keySetCooldownMs);
    await refused(await issuer.sign({ aud: AUDIENCE }, { kid: "made-up" }), "token_key_unknown");
    expect(keyReads()).toBe(3);
  });

  it("that cannot be read are no reason to sign in again: 503, and again as soon as they can be read", async () => {
    const token = await issuer.tokenFor(AUDIENCE);
    issuer.isDown = true;
    const { answer, explanation } = await refused(token, "issuer_unreachable");
    expect(answer.status).toBe(503);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(explanation?.expected.iss).toBe(issuer.issuer);
    const tries = issuer.seen.length;
    await refused(token, "issuer_unreachable");
    expect(issuer.seen.length).toBe(tries);
    issuer.isDown = false;
    clock.advance(limits.gateways.issuerRetryMs);
    expect((await call(token)).status).toBe(200);
    const logged = gateway.log.filter(({ fields }) => "issuer" in fields).map(({ level }) => level);
    expect(logged).toEqual(["warn", "info"]);
  });

  it("that are known keep serving while the authorization server is down", async () => {
    expect((await call(await issuer.tokenFor(AUDIENCE))).status).toBe(200);
    const [fresh, unknown] = await Promise.all([
      issuer.sign({ aud: AUDIENCE, exp: seconds(3_600) }),
      issuer.sign({ aud: AUDIENCE, exp: seconds(3_600) }, { kid: "rotated-meanwhile" }),
    ]);
    issuer.isDown = true;
    clock.advance(limits.gateways.keySetAgeMsMax + 1);
    expect((await call(fresh)).status).toBe(200);
    await refused(unknown, "issuer_unreachable");
    expect((await call(fresh)).status).toBe(200);
  });

  it.each([
    ["garbage", (): string => "<html>"],
    ["no key set", (): string => '{"keys": "none"}'],
    ["more than anybody needs", (): string => `{"keys": [], "x": "${"y".repeat(1_000_000)}"}`],
  ])("answered with %s are as good as none", async (_what, body) => {
    const bad = await listenOnLoopback((_req, res) => void res.end(body()));
    await start({ jwksUrl: `${bad.url}/jwks` });
    const { answer } = await refused(await issuer.sign({ aud: AUDIENCE }), "issuer_unreachable");
    expect(answer.status).toBe(503);
    await bad.close();
  });

  it("are not fetched by way of a redirect, nor from addresses that nobody may name", async () => {
    const redirect = await listenOnLoopback((_req, res) => {
      res.writeHead(302, { location: issuer.jwksUrl }).end();
    });
    await start({ jwksUrl: `${redirect.url}/jwks` });
    await refused(await issuer.sign({ aud: AUDIENCE }), "issuer_unreachable");
    expect(keyReads()).toBe(0);
    await redirect.close();
    await start({ jwksUrl: issuer.jwksUrl, pinned: true });
    const { explanation } = await refused(await issuer.sign({ aud: AUDIENCE }), "issuer_unreachable");
    expect(explanation?.expected.problem).toContain("not reachable from here");
    expect(keyReads()).toBe(0);
  });
});

describe("a caller without credentials", () => {
  it("is sent to the metadata document, without an error, and learns the scopes", async () => {
    await start({ scopes: ["tools:call"] });
    const answer = await call(null);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer resource_metadata="${METADATA}", scope="tools:call"`,
    );
    expect(answer.json<JsonRpcError>().error).toMatchObject({
      code: -32010,
      data: { code: "unauthenticated" },
    });
    expect((await gateway.fact(() => true)).decision).toMatchObject({
      reason: "credentials_missing",
      principal: null,
    });
  });

  it("finds the metadata document open to every page, and none where no tokens are taken", async () => {
    const { status, headers, text } = await rawRequest(gateway.metadataOf(PUBLIC_ID), {
      method: "GET",
      headers: { origin: "https://anywhere.example" },
    });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      resource: AUDIENCE,
      authorization_servers: [issuer.issuer],
      bearer_methods_supported: ["header"],
      resource_name: "orders",
    });
    expect(headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=60",
      "content-type": "application/json",
    });
    expect((await rawRequest(gateway.metadataOf("public-nobody"), { method: "GET" })).status).toBe(404);
    expect((await rawRequest(gateway.metadataOf(PUBLIC_ID), { body: "{}" })).status).toBe(405);
    await gateway.configure((stored) => {
      stored.gateways = [gatewayEntry("gw_oauth", { access: ["key"] })];
    });
    expect((await rawRequest(gateway.metadataOf(PUBLIC_ID), { method: "GET" })).status).toBe(404);
  });
});
