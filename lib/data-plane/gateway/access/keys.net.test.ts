import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import {
  type AnsweringUpstream,
  gatewayEntry,
  INTERNAL_SECRET,
  rawRequest,
  serverEntry,
  startAnsweringUpstream,
  startLegacyServer,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
  testKey,
  toolCall,
} from "#lib/testing/mcp/index.ts";

const clock = fakeClock();
const valid = testKey("valid", { gatewayId: "gw_keys" });
const expiring = testKey("expiring", { gatewayId: "gw_keys", expiresAtMs: clock.nowMs() + 1_000 });
const revoked = testKey("revoked", { gatewayId: "gw_keys", revokedAtMs: clock.nowMs() - 1_000 });
const ofOther = testKey("other", { gatewayId: "gw_public" });
const ofStranger = testKey("stranger", { gatewayId: "gw_keys", organizationId: "org_stranger" });
const direct = testKey("direct", { serverId: "srv_keyed" });
const UNKNOWN = `mcpstack_gk_${"Z".repeat(43)}`;

let upstream: AnsweringUpstream;
let servers: Record<"modern" | "legacy", TestMcpServer>;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startAnsweringUpstream();
  servers = { modern: await startModernServer(), legacy: await startLegacyServer() };
  gateway = await startTestGateway({
    runtimes: {
      orders: upstream.url,
      open: upstream.url,
      both: upstream.url,
      modern: servers.modern.url,
      legacy: servers.legacy.url,
      closed: upstream.url,
      keyed: upstream.url,
      free: upstream.url,
    },
    attached: {
      orders: { id: "gw_keys", publicId: "public-orders" },
      modern: { id: "gw_keys", publicId: "public-modern" },
      legacy: { id: "gw_keys", publicId: "public-legacy" },
      open: { id: "gw_public", publicId: "public-open" },
      both: { id: "gw_both", publicId: "public-both" },
    },
    gateways: [
      gatewayEntry("gw_keys", { access: ["key"] }),
      gatewayEntry("gw_public"),
      gatewayEntry("gw_both", { access: ["public", "key"] }),
    ],
    keys: [valid, expiring, revoked, ofOther, ofStranger, direct],
    versions: { srv_free: [{ id: "ver_old", semver: "0.9.0", sha256: "11" }] },
    clock,
  });
  await gateway.configure((stored) => {
    stored.servers = stored.servers.map((entry) =>
      entry.slug === "closed"
        ? { ...entry, directAccess: "off" as const }
        : entry.slug === "keyed"
          ? { ...entry, directAccess: "key" as const }
          : entry,
    );
  });
});
beforeEach(() => {
  gateway.facts.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), servers.modern.close(), servers.legacy.close()]);
});

const call = (url: string, headers: Record<string, string | string[]> = {}) =>
  rawRequest(url, { headers, body: toolCall(1) });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const decided = async () => (await gateway.fact(() => true)).decision;

describe("a key of the gateway", () => {
  it.each([
    ["Authorization", { authorization: `Bearer ${valid.secret}` }],
    ["Authorization in any case", { authorization: `bearer  ${valid.secret}` }],
    ["X-API-Key", { "x-api-key": valid.secret }],
    ["both, the same", { authorization: `Bearer ${valid.secret}`, "x-api-key": valid.secret }],
  ])("opens the door as %s, and goes no further", async (_how, headers) => {
    const answer = await call(gateway.through("public-orders"), headers);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(upstream.headers.at(-1))).not.toContain(valid.secret);
    expect(await decided()).toEqual({
      reason: "allowed",
      principal: "key:key_valid",
      grantId: "grt_everyone_gw_keys",
      explanation: null,
    });
  });

  it.each([
    ["key_unknown", UNKNOWN],
    ["key_unknown", ofStranger.secret],
    ["key_unknown", "somebody-elses-password"],
    ["key_unknown", valid.secret.toUpperCase()],
    ["key_of_other_gateway", ofOther.secret],
    ["key_of_other_gateway", direct.secret],
    ["key_revoked", revoked.secret],
    ["access_method_off", "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl"],
  ])("is not what was presented: %s", async (reason, secret) => {
    const answer = await call(gateway.through("public-orders"), bearer(secret));
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(
      /^Bearer realm="mcp", error="invalid_token", error_description="[^"]+"$/,
    );
    const fact = await gateway.fact(() => true);
    expect(fact).toMatchObject({ outcome: "auth_denied", httpStatus: 401, gatewayId: "gw_keys" });
    expect(fact.decision?.reason).toBe(reason);
    expect(fact.decision?.explanation?.fix).not.toBe("");
    const told = JSON.stringify([fact, gateway.log, answer.headers, answer.text]);
    expect(told).not.toContain(secret);
    expect(answer.json().error.message).toContain(`(request ${answer.headers["x-request-id"]})`);
    if (secret === ofStranger.secret) expect(fact.decision?.principal).toBeNull();
  });

  it("shows only its beginning in the explanation, and nothing of what is no key of ours", async () => {
    await call(gateway.through("public-orders"), bearer(revoked.secret));
    expect((await decided())?.explanation?.presented).toMatchObject({
      prefix: revoked.secret.slice(0, 18),
      name: "revoked",
    });
    gateway.facts.length = 0;
    await call(gateway.through("public-orders"), { "x-api-key": "hunter2hunter2" });
    expect(JSON.stringify(await decided())).not.toContain("hunter2");
  });

  it("ends by the clock", async () => {
    expect((await call(gateway.through("public-orders"), bearer(expiring.secret))).status).toBe(200);
    clock.advance(1_000);
    gateway.facts.length = 0;
    expect((await call(gateway.through("public-orders"), bearer(expiring.secret))).status).toBe(401);
    expect(await decided()).toMatchObject({ reason: "key_expired", principal: "key:key_expiring" });
  });

  it("that is revoked opens nothing as soon as the gateway knows, even by a clock that is behind", async () => {
    const fresh = testKey("fresh", { gatewayId: "gw_keys" });
    await gateway.configure((stored) => void stored.keys.push(fresh));
    expect((await call(gateway.through("public-orders"), bearer(fresh.secret))).status).toBe(200);
    await gateway.configure((stored) => {
      for (const key of stored.keys)
        if (key.entry.id === "key_fresh") key.entry = { ...key.entry, revokedAtMs: clock.nowMs() + 5_000 };
    });
    expect((await call(gateway.through("public-orders"), bearer(fresh.secret))).status).toBe(401);
  });
});

describe("credentials that cannot be told apart", () => {
  it.each([
    ["two different keys", { authorization: `Bearer ${valid.secret}`, "x-api-key": UNKNOWN }],
    ["two Authorization headers", { authorization: [`Bearer ${UNKNOWN}`, `Bearer ${valid.secret}`] }],
  ])("%s are refused", async (_what, headers) => {
    const answer = await call(gateway.through("public-orders"), headers);
    expect(answer.status).toBe(401);
    expect(await decided()).toMatchObject({ reason: "credentials_ambiguous", principal: null });
  });

  it("of another scheme are no credentials", async () => {
    const answer = await call(gateway.through("public-orders"), { authorization: "Basic dXNlcjpwYXNz" });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="mcp"');
    expect(await decided()).toMatchObject({
      reason: "credentials_missing",
      explanation: { presented: { scheme: "basic" } },
    });
  });

  it.each(["0123456789abcdefSECRET", "hunter2SECRET and more", "Bearer one two", "bearer\tSECRET"])(
    "without a scheme may be the secret itself, and nothing of it is told: %j",
    async (authorization) => {
      const answer = await call(gateway.through("public-orders"), { authorization });
      expect(answer.status).toBe(401);
      const fact = await gateway.fact(() => true);
      expect(fact.decision?.reason).toBe("credentials_missing");
      const told = JSON.stringify([fact, gateway.log, answer.headers, answer.text]);
      expect(told).not.toMatch(/SECRET|hunter2|01234/);
    },
  );
});

describe("a public door", () => {
  it("asks nobody, and does not look at what it did not ask for", async () => {
    const presented: Record<string, string>[] = [
      {},
      bearer("whatever"),
      bearer(UNKNOWN),
      { "x-api-key": "a" },
    ];
    for (const headers of presented) {
      gateway.facts.length = 0;
      expect((await call(gateway.through("public-open"), headers)).status).toBe(200);
      expect(await decided()).toMatchObject({ reason: "allowed", principal: "anonymous" });
    }
  });

  it("that also takes keys holds who presents one to it", async () => {
    expect((await call(gateway.through("public-both"))).status).toBe(200);
    expect(await decided()).toMatchObject({ principal: "anonymous" });
    expect((await call(gateway.through("public-both"), bearer(UNKNOWN))).status).toBe(401);
  });
});

describe("direct URLs", () => {
  it("of a server behind a gateway are closed, and say where to go", async () => {
    for (const url of [gateway.mcp("orders"), `${gateway.mcp("orders")}/v/1.0.0`]) {
      gateway.facts.length = 0;
      const answer = await call(url, bearer(valid.secret));
      expect(answer.status).toBe(403);
      expect(answer.json().error.message).toContain(
        "This server is reached through its gateway: https://mcp.example.com/gateway/public-orders/mcp",
      );
      expect(await decided()).toMatchObject({ reason: "direct_access_off" });
    }
  });

  it("stay open to our own checks, whatever the policy", async () => {
    for (const slug of ["orders", "closed", "keyed"]) {
      const answer = await call(gateway.mcp(slug), {
        "x-mcpstack-internal": INTERNAL_SECRET,
        "x-mcpstack-source": "smoke",
      });
      expect(answer.status, slug).toBe(200);
    }
    const through = await call(gateway.through("public-orders"), {
      "x-mcpstack-internal": INTERNAL_SECRET,
      "x-mcpstack-source": "dashboard",
    });
    expect(through.status).toBe(200);
    const fact = await gateway.fact((one) => one.source === "dashboard");
    expect(fact.decision).toMatchObject({ reason: "allowed", principal: "internal" });
  });

  it("that are off refuse everybody; those with keys take the server's own", async () => {
    expect((await call(gateway.mcp("closed"))).status).toBe(403);
    expect((await call(gateway.mcp("keyed"))).status).toBe(401);
    expect((await call(gateway.mcp("keyed"), bearer(valid.secret))).status).toBe(401);
    gateway.facts.length = 0;
    expect((await call(gateway.mcp("keyed"), { "x-api-key": direct.secret })).status).toBe(200);
    expect(await decided()).toEqual({
      reason: "allowed",
      principal: "key:key_direct",
      grantId: null,
      explanation: null,
    });
  });

  it("come back with their policy when the server leaves its gateway", async () => {
    await gateway.configure((stored) => {
      stored.servers = stored.servers.map((entry) =>
        entry.slug === "open" ? { ...entry, gateway: null } : entry,
      );
    });
    expect((await call(gateway.mcp("open"))).status).toBe(200);
    expect((await call(gateway.through("public-open"))).status).toBe(404);
    await gateway.configure((stored) => {
      stored.servers = stored.servers.map((entry) =>
        entry.slug === "open" ? { ...entry, gateway: { id: "gw_public", publicId: "public-open" } } : entry,
      );
    });
    expect((await call(gateway.through("public-open"))).status).toBe(200);
  });

  it("of a version lead to it when it is published, and nowhere else", async () => {
    expect((await call(`${gateway.mcp("free")}/v/0.9.0`)).status).toBe(200);
    expect((await call(`${gateway.mcp("free")}/v/1.0.0`)).status).toBe(200);
    const none = await call(`${gateway.mcp("free")}/v/3.0.0`);
    expect(none.status).toBe(404);
    expect(none.json().error.message).toContain("no published version 3.0.0");
    for (const path of ["/v/", "/v", "/v/1.0.0/x", "/w/1.0.0"])
      expect((await call(`${gateway.mcp("free")}${path}`)).status, path).toBe(404);
  });
});

describe("what names nothing", () => {
  it("looks like an unknown server, and is nobody's log", async () => {
    for (const path of [
      "/gateway/public-nobody/mcp",
      "/gateway/public-orders",
      "/gateway",
      "/gateway/x/mcp/y",
    ]) {
      const answer = await call(`${gateway.url}${path}`, bearer(valid.secret));
      expect(answer.status, path).toBe(404);
    }
    expect(gateway.facts).toEqual([]);
    for (const path of ["/gateways", "/gateway-x/mcp", "/acme/gateways", "/.well-known/other"])
      expect((await call(`${gateway.url}${path}`)).text, path).toBe("");
  });

  it.each([
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/gateway/public-orders/mcp",
    "/.well-known/openid-configuration",
  ])("is told in JSON to clients that look for a login, never with a page: %s", async (path) => {
    const answer = await rawRequest(gateway.url + path, { method: "GET" });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "not_found" });
  });

  it("behind the door of an inactive server is told only to who may come in", async () => {
    await gateway.configure((stored) => {
      stored.servers.push(
        serverEntry("asleep", { status: "inactive", gateway: { id: "gw_keys", publicId: "public-asleep" } }),
      );
    });
    expect((await call(gateway.through("public-asleep"))).status).toBe(401);
    gateway.facts.length = 0;
    expect((await call(gateway.through("public-asleep"), bearer(valid.secret))).status).toBe(409);
    expect(await decided()).toMatchObject({ reason: "server_inactive", principal: "key:key_valid" });
  });
});

describe("while the database is away", () => {
  it("everybody who could call still can, and nobody else", async () => {
    await expect(
      gateway.configure((stored) => {
        stored.isAway = true;
      }),
    ).rejects.toMatchObject({ code: "unavailable" });
    expect((await call(gateway.through("public-orders"), bearer(valid.secret))).status).toBe(200);
    expect((await call(gateway.through("public-orders"), bearer(revoked.secret))).status).toBe(401);
    expect((await call(`${gateway.mcp("free")}/v/0.9.0`)).status).toBe(200);
    const unknown = await call(`${gateway.mcp("free")}/v/4.0.0`);
    expect(unknown.status).toBe(503);
    expect(unknown.headers["retry-after"]).toBeDefined();
    await gateway.configure((stored) => {
      stored.isAway = false;
    });
  });
});

describe("pages in browsers", () => {
  it("may send a key and read the challenge", async () => {
    const preflight = await rawRequest(gateway.through("public-orders"), {
      method: "OPTIONS",
      headers: { origin: "http://localhost:6274", "access-control-request-headers": "x-api-key" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("x-api-key");
    const denied = await call(gateway.through("public-orders"), { origin: "http://localhost:6274" });
    expect(denied.status).toBe(401);
    expect(denied.headers["access-control-expose-headers"]).toContain("www-authenticate");
    const foreign = await call(gateway.through("public-orders"), {
      ...bearer(valid.secret),
      origin: "https://evil.example",
    });
    expect(foreign.status).toBe(403);
  });
});

describe("both SDK generations with a key", () => {
  const init = { requestInit: { headers: bearer(valid.secret) } };
  const talks = {
    first: async (url: URL) => {
      const client = new LegacyClient({ name: "v1-client", version: "1.0.0" });
      await client.connect(new LegacyTransport(url, init) as Parameters<typeof client.connect>[0]);
      const { tools } = await client.listTools();
      const { content } = await client.callTool({ name: "echo", arguments: { text: "hi" } });
      await client.close();
      return { tools: tools.length, content };
    },
    second: async (url: URL) => {
      const client = new ModernClient(
        { name: "v2-client", version: "2.0.0" },
        { versionNegotiation: { mode: "auto" } },
      );
      await client.connect(new ModernTransport(url, init));
      const { tools } = await client.listTools();
      const { content } = await client.callTool({ name: "echo", arguments: { text: "hi" } });
      await client.close();
      return { tools: tools.length, content };
    },
  };
  it.each([
    ["first", "modern"],
    ["first", "legacy"],
    ["second", "modern"],
    ["second", "legacy"],
  ] as const)("the %s talks to the %s server", async (generation, era) => {
    const talk = await talks[generation](new URL(gateway.through(`public-${era}`)));
    expect(talk).toEqual({ tools: 3, content: [{ type: "text", text: "hi" }] });
    const fact = await gateway.fact((one) => one.tool === "echo");
    expect(fact.decision).toMatchObject({ reason: "allowed", principal: "key:key_valid" });
    expect(gateway.facts.every((one) => one.decision?.principal === "key:key_valid")).toBe(true);
    for (const headers of servers[era].seen) {
      expect(headers.authorization).toBeUndefined();
      expect(headers["x-api-key"]).toBeUndefined();
    }
  });
});

it("hands over when keys were used, at the latest when it closes", async () => {
  const handed: [string, number][] = [];
  const key = testKey("once", { gatewayId: "gw_a" });
  const other = await startTestGateway({
    runtimes: { a: upstream.url },
    attached: { a: { id: "gw_a", publicId: "public-aa" } },
    gateways: [gatewayEntry("gw_a", { access: ["key"] })],
    keys: [key],
    clock,
    onKeysUsed: async (used) => void handed.push(...used),
  });
  await call(other.through("public-aa"), bearer(key.secret));
  clock.advance(limits.gateways.keyLastUsedMs);
  const lastMs = clock.nowMs();
  await call(other.through("public-aa"), bearer(key.secret));
  await call(other.through("public-aa"), bearer(UNKNOWN));
  await other.close();
  expect(handed).toEqual([["key_once", lastMs]]);
});
