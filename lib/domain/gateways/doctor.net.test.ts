import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servers as serverTable } from "#drizzle/schema/index.ts";
import type { DoctorCheck, DoctorReport } from "#lib/contract/index.ts";
import { createPublicFetch } from "#lib/http/public-fetch.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { type JsonAnswer, startJsonServer } from "#lib/testing/json-server.ts";
import {
  type RealIssuer,
  startLegacyServer,
  startModernServer,
  startRealIssuer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
} from "#lib/testing/mcp/index.ts";
import { createServer, loadDirectoryRows } from "../servers/index.ts";
import {
  attachServer,
  createGateway,
  createGatewayKey,
  createGrant,
  deleteGrant,
  listGrants,
  loadGatewayEntries,
  runGatewayDoctor,
  updateGateway,
} from "./index.ts";

/** The real data plane over what the verbs stored, a real authorization server, and real MCP servers behind it. */
let own: GatewayFixture;
let edge: TestGateway;
let issuer: RealIssuer;
let modern: TestMcpServer;
let legacy: TestMcpServer;
const secrets = new Map<string, string>();
let allowPrivate = true;
let made = 0;

beforeAll(async () => {
  [issuer, modern, legacy] = await Promise.all([startRealIssuer(), startModernServer(), startLegacyServer()]);
  edge = await startTestGateway({ publicUrl: "own" });
  own = await gatewayFixture({
    clock: systemClock,
    onRefresh: load,
    doors: {
      gatewayUrl: (publicId) => edge.through(publicId),
      publicFetch: (url, init) => createPublicFetch({ ownOrigin: edge.url, allowPrivate })(url, init),
    },
  });
});
afterAll(async () => {
  await edge.close();
  await Promise.all([issuer.close(), modern.close(), legacy.close()]);
  await own.store.close();
});

/** What the edge does after each change. */
async function load(): Promise<void> {
  const { database } = own.store;
  const stored = await loadGatewayEntries(database, Date.now());
  const rows = await loadDirectoryRows(database, own.system.doors.unseal);
  await edge.configure((configuration) => {
    configuration.servers = rows;
    configuration.gateways = stored.gateways;
    configuration.keys = [...stored.keys.values()].flatMap((entry) => {
      const secret = secrets.get(entry.id);
      return secret === undefined ? [] : [{ secret, entry }];
    });
  });
}

const admin = () => own.as("admin");
const OAUTH = () => ({
  access: ["oauth" as const],
  providerType: "manual" as const,
  authorizationServerUrl: issuer.issuer,
});
async function gatewayWith(
  settings: Partial<Parameters<typeof createGateway>[1]>,
  upstreamUrl = modern.url,
): Promise<{ id: string; url: string; slug: string }> {
  made += 1;
  const { id } = await createGateway(admin(), { name: `Gateway ${made}`, access: ["public"], ...settings });
  const slug = `upstream-${made}`;
  const server = await createServer(admin(), { kind: "connected", name: slug, slug, upstreamUrl });
  await own.store.database.db
    .update(serverTable)
    .set({ status: "active" })
    .where(eq(serverTable.id, server.id));
  const { url } = await attachServer(admin(), { server: server.id, gatewayId: id });
  return { id, url, slug };
}
async function keyOf(gateway: string): Promise<string> {
  const key = await createGatewayKey(admin(), { gateway, name: "Doctor" });
  secrets.set(key.id, key.secret);
  await load();
  return key.secret;
}
const examine = (gateway: string, credential?: string): Promise<DoctorReport> =>
  runGatewayDoctor(own.as("developer"), { gateway, ...(credential ? { credential } : {}) });
const allChecks = (report: DoctorReport): DoctorCheck[] => [
  ...report.checks,
  ...report.servers.flatMap(({ checks }) => checks),
];
const statuses = (report: DoctorReport): Record<string, string> =>
  Object.fromEntries(allChecks(report).map(({ id, status }) => [id, status]));
const found = (report: DoctorReport, id: string): DoctorCheck => {
  const check = allChecks(report).find((candidate) => candidate.id === id);
  if (!check) throw new Error(`the report has no check ${id}`);
  return check;
};

test("an OAuth gateway that works passes everything but what this machine cannot have, with a real token", async () => {
  const { id, url } = await gatewayWith(OAUTH());
  const report = await examine(id, await issuer.tokenFor(url));
  expect(statuses(report)).toEqual({
    servers: "pass",
    grants: "pass",
    "authorization-server": "pass",
    pkce: "pass",
    registration: "pass",
    jwks: "pass",
    active: "pass",
    https: "warn",
    "protected-resource-metadata": "pass",
    challenge: "pass",
    audience: "pass",
    "tools-list": "pass",
    "tool-count": "pass",
  });
  expect(report.status).toBe("passed");
  for (const { status, fix, detail } of allChecks(report)) {
    expect(detail).not.toBe("");
    if (status === "warn" || status === "fail") expect(fix).not.toBe("");
  }
});

test("a credential that no header can carry is refused, and not repeated; one pasted with a line end works", async () => {
  const { id } = await gatewayWith({ access: ["key"] });
  const secret = await keyOf(id);
  expect(found(await examine(id, `${secret}\n`), "tools-list").status).toBe("pass");
  for (const credential of [`${secret}\nx: y`, `é${secret}漢`]) {
    const refused = await examine(id, credential).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_input" });
    expect(JSON.stringify(refused) + String(refused)).not.toContain(secret);
  }
});

test("without a credential tools/list is skipped, with how to; a credential is in no answer", async () => {
  const { id } = await gatewayWith({ access: ["key"] });
  const report = await examine(id);
  expect(found(report, "tools-list")).toMatchObject({
    status: "skip",
    fix: expect.stringContaining("a key of this gateway"),
  });
  expect(found(report, "challenge")).toMatchObject({ status: "pass" });
  expect(statuses(report)).toMatchObject({ "authorization-server": "skip", audience: "skip" });
  expect(report.status).toBe("passed");
  const secret = await keyOf(id);
  const inside = await examine(id, secret);
  expect(found(inside, "tools-list")).toMatchObject({ status: "pass" });
  const wrong = await examine(id, `${secret.slice(0, -4)}AAAA`);
  expect(found(wrong, "tools-list").status).toBe("fail");
  expect(wrong.status).toBe("failed");
  expect(JSON.stringify([inside, wrong])).not.toContain(secret.slice(15, 40));
});

test("a public gateway lets the doctor in; a server of one era is a warning that says which", async () => {
  const { id } = await gatewayWith({ access: ["public"] }, legacy.url);
  const report = await examine(id);
  expect(found(report, "challenge")).toMatchObject({
    status: "pass",
    detail: expect.stringContaining("Anybody"),
  });
  expect(found(report, "tools-list").status).toMatch(/pass|warn/);
  expect(report.status).toBe("passed");
});

test("an inactive server fails, and nothing else is asked of it", async () => {
  const { id, slug } = await gatewayWith({ access: ["public"] });
  await own.store.database.db
    .update(serverTable)
    .set({ status: "inactive" })
    .where(eq(serverTable.slug, slug));
  const report = await examine(id);
  expect(report.servers[0]?.checks).toMatchObject([{ id: "active", status: "fail" }]);
});

test("grants: none fails, none for a server warns, and what matches nothing leaves the list empty", async () => {
  const { id } = await gatewayWith({ access: ["public"] });
  const [everyone] = await listGrants(admin(), { gateway: id });
  await deleteGrant(admin(), { gateway: id, grant: everyone?.id ?? "" });
  expect(found(await examine(id), "grants").status).toBe("fail");
  await createGrant(admin(), { gateway: id, subject: { kind: "everyone" }, tools: ["nothing_like_this"] });
  const report = await examine(id);
  expect(found(report, "tool-count")).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("empty"),
  });
});

test("an issuer that is not the one its metadata names fails, with both names", async () => {
  const { id } = await gatewayWith({ ...OAUTH(), authorizationServerUrl: `${issuer.issuer}/` });
  const report = await examine(id);
  expect(found(report, "authorization-server")).toMatchObject({
    status: "fail",
    detail: expect.stringContaining(`"${issuer.issuer}", not "${issuer.issuer}/"`),
  });
  expect(report.status).toBe("failed");
});

test("an authorization server that is down fails everything that needs it, and nothing hangs", async () => {
  const { id } = await gatewayWith(OAUTH());
  issuer.isDown = true;
  try {
    const report = await examine(id);
    expect(statuses(report)).toMatchObject({
      "authorization-server": "fail",
      pkce: "skip",
      jwks: "fail",
      "protected-resource-metadata": "pass",
      challenge: "pass",
    });
    expect(report.durationMs).toBeLessThan(limits.gateways.doctorTimeoutMs);
  } finally {
    issuer.isDown = false;
  }
});

const METADATA = (base: string) => ({
  issuer: base,
  authorization_endpoint: `${base}/authorize`,
  token_endpoint: `${base}/token`,
  jwks_uri: `${base}/jwks`,
  code_challenge_methods_supported: ["S256"],
  registration_endpoint: `${base}/register`,
});
const WELL_KNOWN = "/.well-known/oauth-authorization-server";
const KEYS = { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y", use: "sig" }] };
type Pages = (base: string) => Record<string, JsonAnswer>;

test.each<[string, Pages, Record<string, string>]>([
  [
    "no metadata at all",
    () => ({}),
    { "authorization-server": "fail", pkce: "skip", registration: "skip", jwks: "fail" },
  ],
  [
    "metadata only as OpenID Connect",
    (base) => ({ "/.well-known/openid-configuration": METADATA(base), "/jwks": KEYS }),
    { "authorization-server": "pass", pkce: "pass", jwks: "pass" },
  ],
  [
    "no S256",
    (base) => ({
      [WELL_KNOWN]: { ...METADATA(base), code_challenge_methods_supported: ["plain"] },
      "/jwks": KEYS,
    }),
    { "authorization-server": "pass", pkce: "fail" },
  ],
  [
    "no word about PKCE, no registration",
    (base) => ({
      [WELL_KNOWN]: {
        ...METADATA(base),
        code_challenge_methods_supported: undefined,
        registration_endpoint: undefined,
      },
      "/jwks": KEYS,
    }),
    { pkce: "fail", registration: "warn" },
  ],
  [
    "client id metadata documents",
    (base) => ({
      [WELL_KNOWN]: {
        ...METADATA(base),
        registration_endpoint: undefined,
        client_id_metadata_document_supported: true,
      },
      "/jwks": KEYS,
    }),
    { registration: "pass" },
  ],
  [
    "no token endpoint",
    (base) => ({ [WELL_KNOWN]: { ...METADATA(base), token_endpoint: undefined }, "/jwks": KEYS }),
    { "authorization-server": "fail" },
  ],
  ["a key set that is down", (base) => ({ [WELL_KNOWN]: METADATA(base), "/jwks": 503 }), { jwks: "fail" }],
  [
    "only symmetric keys",
    (base) => ({ [WELL_KNOWN]: METADATA(base), "/jwks": { keys: [{ kty: "oct", k: "c2VjcmV0" }, 7, null] } }),
    { jwks: "fail" },
  ],
  ["a key set that is none", (base) => ({ [WELL_KNOWN]: METADATA(base), "/jwks": [] }), { jwks: "fail" }],
  ["metadata that is a redirect", () => ({ [WELL_KNOWN]: 302 }), { "authorization-server": "fail" }],
  [
    "metadata that is no JSON",
    () => ({ [WELL_KNOWN]: "<html>sign in</html>" }),
    { "authorization-server": "fail" },
  ],
  [
    "metadata without end",
    (base) => ({
      [WELL_KNOWN]: { ...METADATA(base), x: "x".repeat(limits.gateways.issuerResponseBytesMax) },
    }),
    { "authorization-server": "fail" },
  ],
])("an authorization server with %s", async (_what, pages, expected) => {
  const server = await startJsonServer(pages);
  const { id } = await gatewayWith({ ...OAUTH(), authorizationServerUrl: server.url });
  const report = await examine(id);
  expect(statuses(report)).toMatchObject(expected);
  const hasFailed = Object.values(expected).includes("fail");
  expect(report.status).toBe(hasFailed ? "failed" : "passed");
  await server.close();
});

test("an audience that clients do not ask for is a warning", async () => {
  const { id } = await gatewayWith({ ...OAUTH(), resource: "https://api.example.com" });
  expect(found(await examine(id), "audience")).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("https://api.example.com"),
  });
});

test("an issuer on a private address is not asked unless the operator opened such addresses", async () => {
  const { id } = await gatewayWith(OAUTH());
  const before = issuer.seen.length;
  allowPrivate = false;
  try {
    const report = await examine(id);
    expect(found(report, "authorization-server")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("may not be reached"),
    });
    expect(issuer.seen.length).toBe(before);
    expect(statuses(report)).toMatchObject({ "protected-resource-metadata": "pass", challenge: "pass" });
  } finally {
    allowPrivate = true;
  }
});

test("behind a proxy that answers for us, the doctor sees what clients see", async () => {
  const { id } = await gatewayWith(OAUTH());
  const proxy = await startJsonServer(() => ({}), 403);
  const { doors } = own.system;
  const report = await runGatewayDoctor(
    {
      ...own.as("developer"),
      doors: { ...doors, gatewayUrl: (publicId) => `${proxy.url}/gateway/${publicId}/mcp` },
    },
    { gateway: id },
  );
  expect(statuses(report)).toMatchObject({ "protected-resource-metadata": "fail", challenge: "fail" });
  await proxy.close();
});

test("a gateway over plain http elsewhere fails, and one without servers is a warning", async () => {
  const { id } = await gatewayWith({ access: ["key"] });
  const { doors } = own.system;
  const away = {
    ...doors,
    gatewayUrl: (publicId: string) => `http://mcp.example.com/gateway/${publicId}/mcp`,
    publicFetch: () => Promise.reject(new TypeError("fetch failed", { cause: new Error("no such host") })),
  };
  const report = await runGatewayDoctor({ ...own.as("developer"), doors: away }, { gateway: id });
  expect(statuses(report)).toMatchObject({ https: "fail", challenge: "fail" });
  const empty = await createGateway(admin(), { name: "Empty", access: ["public"] });
  const nothing = await examine(empty.id);
  expect(nothing).toMatchObject({ status: "passed", servers: [] });
  expect(found(nothing, "servers").status).toBe("warn");
});

test("a stranger's gateway is not examined, and a viewer may not run the doctor", async () => {
  const { id } = await gatewayWith({ access: ["public"] });
  await expect(runGatewayDoctor(own.stranger(), { gateway: id })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(runGatewayDoctor(own.as("viewer"), { gateway: id })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a gateway that became another way in is examined as it is now", async () => {
  const { id } = await gatewayWith({ access: ["public"] });
  await updateGateway(admin(), { gateway: id, access: ["key"] });
  expect(found(await examine(id), "challenge")).toMatchObject({
    status: "pass",
    detail: expect.stringContaining("401"),
  });
});
