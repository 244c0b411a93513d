import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hashSecret } from "#lib/crypto/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { deleteServer } from "../servers/index.ts";
import {
  attachServer,
  createGateway,
  createGatewayKey,
  createGrant,
  createServerKey,
  deleteGrant,
  detachServer,
  listGatewayKeys,
  listGrants,
  listServerKeys,
  loadGatewayEntries,
  recordKeyUses,
  revokeGatewayKey,
  revokeServerKey,
  updateGrant,
} from "./index.ts";

const clock = fakeClock(Date.parse("2026-03-10T12:00:00.000Z"));
let own: GatewayFixture;
let gateway: string;
let foreignGateway: string;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture({ clock });
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  const settings = { access: ["key" as const], grantEveryone: false };
  gateway = (await createGateway(own.as("admin"), { name: `Own ${made}`, ...settings })).id;
  foreignGateway = (await createGateway(own.stranger(), { name: `Foreign ${made}`, ...settings })).id;
});

const admin = () => own.as("admin");
const attached = async (tools?: readonly string[]) => {
  const server = await own.server(admin(), tools);
  await attachServer(admin(), { server: server.id, gatewayId: gateway });
  return server;
};
const entries = () => loadGatewayEntries(own.store.database, clock.nowMs());
const directoryGrants = async () => (await entries()).gateways.find(({ id }) => id === gateway)?.grants;
const EVERYONE = { kind: "everyone" } as const;

test("a grant of each subject reaches the directory as it was given [ops.gateways.grants]", async () => {
  const key = await createGatewayKey(admin(), { gateway, name: "Bot" });
  const server = await attached();
  const subjects = [
    EVERYONE,
    { kind: "key", keyId: key.id },
    { kind: "oauth_subject", subject: "auth0|7" },
    { kind: "oauth_claim", claim: "groups", value: "support" },
  ] as const;
  for (const subject of subjects)
    await createGrant(admin(), {
      gateway,
      subject,
      server: server.slug,
      tools: ["get_*", "get_*", "list_*"],
      callsPerMinuteMax: 60,
      concurrentMax: 2,
    });
  expect(await directoryGrants()).toMatchObject(
    subjects.map((subject) => ({
      subject,
      serverId: server.id,
      tools: ["get_*", "list_*"],
      callsPerMinuteMax: 60,
      concurrentMax: 2,
    })),
  );
  expect((await listGrants(own.as("viewer"), { gateway })).map(({ subjectLabel }) => subjectLabel)).toEqual([
    "Everyone",
    "Bot",
    "auth0|7",
    "groups = support",
  ]);
});

test("a grant is changed and deleted with an audit record each", async () => {
  const grant = await createGrant(admin(), { gateway, subject: EVERYONE });
  expect(grant).toMatchObject({ tools: ["*"], serverId: null, serverSlug: null, callsPerMinuteMax: null });
  const changed = await updateGrant(admin(), {
    gateway,
    grant: grant.id,
    tools: ["get_*"],
    concurrentMax: 3,
  });
  expect(changed).toMatchObject({
    id: grant.id,
    tools: ["get_*"],
    callsPerMinuteMax: null,
    concurrentMax: 3,
  });
  expect(await own.lastAudit(grant.id)).toMatchObject({
    action: "grant.update",
    before: { tools: ["*"], concurrentMax: null },
    after: { tools: ["get_*"], concurrentMax: 3 },
  });
  expect(await directoryGrants()).toMatchObject([{ tools: ["get_*"], concurrentMax: 3 }]);
  await deleteGrant(admin(), { gateway, grant: grant.id });
  expect(await directoryGrants()).toEqual([]);
  expect(await own.lastAudit(grant.id)).toMatchObject({
    action: "grant.delete",
    before: { subject: EVERYONE },
  });
  await expect(deleteGrant(admin(), { gateway, grant: grant.id })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("patterns that match no known tool are told, unless some server's tools are unknown", async () => {
  const known = await attached(["get_ticket", "list_agents"]);
  const tools = ["get_*", "delete_*", "*", "list_agent"];
  const grant = await createGrant(admin(), { gateway, subject: EVERYONE, tools });
  expect(grant.unmatchedPatterns).toEqual(["delete_*", "list_agent"]);
  const unseen = await attached();
  const [all] = await listGrants(admin(), { gateway });
  expect(all?.unmatchedPatterns).toEqual([]);
  const one = await createGrant(admin(), { gateway, subject: EVERYONE, server: known.id, tools });
  expect(one.unmatchedPatterns).toEqual(["delete_*", "list_agent"]);
  const other = await createGrant(admin(), { gateway, subject: EVERYONE, server: unseen.id, tools });
  expect(other.unmatchedPatterns).toEqual([]);
});

test("patterns with a star are bounded over all grants, since each costs time on every call; the same one counts once", async () => {
  const { patternsPerGrantMax, wildcardsPerGatewayMax } = limits.gateways;
  const patterns = (grant: number, count: number = patternsPerGrantMax) =>
    Array.from({ length: count }, (_, at) => `tool_${grant}_${at}_*`);
  for (let grant = 0; grant < wildcardsPerGatewayMax / patternsPerGrantMax; grant++)
    await createGrant(admin(), { gateway, subject: EVERYONE, tools: patterns(grant) });
  const more = (tools: string[]) => createGrant(admin(), { gateway, subject: EVERYONE, tools });
  await expect(more(["one_more_*"])).rejects.toMatchObject({ code: "limit_reached" });
  const { id } = await more(["*", "in_full", ...patterns(0, 3)]);
  await expect(updateGrant(admin(), { gateway, grant: id, tools: ["one_more_*"] })).rejects.toMatchObject({
    code: "limit_reached",
  });
  const [first] = await listGrants(admin(), { gateway });
  await updateGrant(admin(), { gateway, grant: first?.id ?? "", tools: ["instead_*"] });
});

test("a grant is for a server behind this gateway only", async () => {
  const free = await own.server();
  const behind = await attached();
  const refused = { code: "invalid_input", errors: [{ path: "server", code: "not_attached" }] };
  await expect(createGrant(admin(), { gateway, subject: EVERYONE, server: free.id })).rejects.toMatchObject(
    refused,
  );
  await createGrant(admin(), { gateway, subject: EVERYONE, server: behind.slug });
  await detachServer(admin(), { server: behind.id });
  await expect(createGrant(admin(), { gateway, subject: EVERYONE, server: behind.id })).rejects.toMatchObject(
    refused,
  );
});

test("a grant for a key needs a live key of this gateway; an agent that is not there gets none", async () => {
  const other = (await createGateway(admin(), { name: `Other ${made}`, access: ["key"] })).id;
  const ofOther = await createGatewayKey(admin(), { gateway: other, name: "Other's" });
  const ofStranger = await createGatewayKey(own.stranger(), { gateway: foreignGateway, name: "Stranger's" });
  const ofServer = await createServerKey(admin(), { server: (await own.server()).id, name: "Direct" });
  const revoked = await createGatewayKey(admin(), { gateway, name: "Gone" });
  await revokeGatewayKey(admin(), { gateway, key: revoked.id });
  for (const keyId of [ofOther.id, ofStranger.id, ofServer.id, revoked.id, "key_none"])
    await expect(createGrant(admin(), { gateway, subject: { kind: "key", keyId } })).rejects.toMatchObject({
      code: "invalid_input",
      errors: [{ path: "subject.keyId" }],
    });
  await expect(
    createGrant(admin(), { gateway, subject: { kind: "agent", agentId: "agt_1" } }),
  ).rejects.toMatchObject({ code: "invalid_input" });
});

test.each([[[]], [["with space"]], [["x".repeat(201)]], [Array(101).fill("*")]])(
  "tool patterns %j are refused",
  async (tools) => {
    await expect(createGrant(admin(), { gateway, subject: EVERYONE, tools })).rejects.toMatchObject({
      code: "invalid_input",
    });
  },
);

test("a stranger's grant and server are the same 404 as missing ones", async () => {
  const theirs = await createGrant(own.stranger(), { gateway: foreignGateway, subject: EVERYONE });
  const foreign = await own.server(own.stranger());
  const missing = { code: "not_found" };
  for (const grant of [theirs.id, "grt_none"]) {
    await expect(updateGrant(admin(), { gateway, grant, tools: ["*"] })).rejects.toMatchObject(missing);
    await expect(deleteGrant(admin(), { gateway, grant })).rejects.toMatchObject(missing);
  }
  await expect(deleteGrant(admin(), { gateway: foreignGateway, grant: theirs.id })).rejects.toMatchObject(
    missing,
  );
  await expect(
    createGrant(admin(), { gateway, subject: EVERYONE, server: foreign.id }),
  ).rejects.toMatchObject(missing);
  await expect(listGrants(admin(), { gateway: foreignGateway })).rejects.toMatchObject(missing);
});

test("a deleted server takes the grants that name it along", async () => {
  const server = await attached();
  await createGrant(admin(), { gateway, subject: EVERYONE, server: server.id });
  await deleteServer(admin(), { server: server.id });
  expect(await listGrants(admin(), { gateway })).toEqual([]);
});

test("a key's secret is told once; stored and served is only its hash", async () => {
  const created = await createGatewayKey(admin(), { gateway, name: "Bot" });
  expect(created.secret).toMatch(/^mcpstack_gk_[A-Za-z0-9_-]{43}$/);
  expect(created.secret.startsWith(created.prefix)).toBe(true);
  const listed = await listGatewayKeys(own.as("viewer"), { gateway });
  expect(listed).toMatchObject([{ id: created.id, name: "Bot", gatewayId: gateway, serverId: null }]);
  expect(JSON.stringify([listed, await own.lastAudit(created.id)])).not.toContain(created.secret.slice(20));
  expect((await entries()).keys.get(hashSecret(created.secret))).toEqual({
    id: created.id,
    organizationId: own.tenants.acme.id,
    name: "Bot",
    gatewayId: gateway,
    serverId: null,
    agentId: null,
    use: "external",
    expiresAtMs: null,
    revokedAtMs: null,
  });
});

test("a revoked or expired key is remembered for a while, so that its holder is told, then forgotten", async () => {
  const revoked = await createGatewayKey(admin(), { gateway, name: "Revoked" });
  const expiresAt = new Date(clock.nowMs() + 1_000).toISOString();
  const expired = await createGatewayKey(admin(), { gateway, name: "Expired", expiresAt });
  await revokeGatewayKey(admin(), { gateway, key: revoked.id });
  const revokedAtMs = clock.nowMs();
  expect(await own.lastAudit(revoked.id)).toMatchObject({ action: "gateway.revokeKey" });
  await expect(revokeGatewayKey(admin(), { gateway, key: revoked.id })).rejects.toMatchObject({
    code: "not_found",
  });
  const { keys } = await entries();
  expect(keys.get(hashSecret(revoked.secret))).toMatchObject({ revokedAtMs });
  expect(keys.get(hashSecret(expired.secret))).toMatchObject({ expiresAtMs: Date.parse(expiresAt) });
  const later = await loadGatewayEntries(
    own.store.database,
    clock.nowMs() + limits.gateways.revokedKeysKeptMs + 2_000,
  );
  expect(later.keys.has(hashSecret(revoked.secret))).toBe(false);
  expect(later.keys.has(hashSecret(expired.secret))).toBe(false);
});

test("a key that would be expired already is refused", async () => {
  const expiresAt = new Date(clock.nowMs()).toISOString();
  await expect(createGatewayKey(admin(), { gateway, name: "Late", expiresAt })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "expiresAt", code: "in_the_past" }],
  });
});

test("a direct URL has keys of its own, apart from those of gateways", async () => {
  const server = await own.server();
  const key = await createServerKey(admin(), { server: server.slug, name: "Laptop" });
  expect(await listServerKeys(own.as("viewer"), { server: server.id })).toMatchObject([
    { id: key.id, serverId: server.id, gatewayId: null },
  ]);
  expect((await entries()).keys.get(hashSecret(key.secret))).toMatchObject({ serverId: server.id });
  await expect(revokeGatewayKey(admin(), { gateway, key: key.id })).rejects.toMatchObject({
    code: "not_found",
  });
  await revokeServerKey(admin(), { server: server.id, key: key.id });
  expect(await own.lastAudit(key.id)).toMatchObject({ action: "server.revokeKey" });
});

test("a stranger's key can be neither seen nor revoked", async () => {
  const key = await createGatewayKey(own.stranger(), { gateway: foreignGateway, name: "Theirs" });
  const foreign = await own.server(own.stranger());
  const direct = await createServerKey(own.stranger(), { server: foreign.id, name: "Theirs" });
  const missing = { code: "not_found" };
  await expect(listGatewayKeys(admin(), { gateway: foreignGateway })).rejects.toMatchObject(missing);
  await expect(revokeGatewayKey(admin(), { gateway, key: key.id })).rejects.toMatchObject(missing);
  await expect(revokeGatewayKey(admin(), { gateway: foreignGateway, key: key.id })).rejects.toMatchObject(
    missing,
  );
  await expect(createGatewayKey(admin(), { gateway: foreignGateway, name: "X" })).rejects.toMatchObject(
    missing,
  );
  await expect(listServerKeys(admin(), { server: foreign.id })).rejects.toMatchObject(missing);
  await expect(createServerKey(admin(), { server: foreign.id, name: "X" })).rejects.toMatchObject(missing);
  await expect(revokeServerKey(admin(), { server: foreign.id, key: direct.id })).rejects.toMatchObject(
    missing,
  );
});

test("the last use of a key is written at most once a minute and never back in time", async () => {
  const key = await createGatewayKey(admin(), { gateway, name: "Used" });
  const lastUsed = async () =>
    (await listGatewayKeys(admin(), { gateway })).find(({ id }) => id === key.id)?.lastUsedAt;
  const { database } = own.store;
  const firstMs = clock.nowMs();
  const at = (ms: number) => new Date(firstMs + ms).toISOString();
  await recordKeyUses(database, [
    { keyId: key.id, usedAtMs: firstMs - 5_000 },
    { keyId: key.id, usedAtMs: firstMs },
    { keyId: "key_none", usedAtMs: firstMs },
  ]);
  expect(await lastUsed()).toBe(at(0));
  await recordKeyUses(database, [{ keyId: key.id, usedAtMs: firstMs + limits.gateways.keyLastUsedMs - 1 }]);
  expect(await lastUsed()).toBe(at(0));
  await recordKeyUses(database, [{ keyId: key.id, usedAtMs: firstMs + limits.gateways.keyLastUsedMs }]);
  expect(await lastUsed()).toBe(at(limits.gateways.keyLastUsedMs));
  await recordKeyUses(database, [{ keyId: key.id, usedAtMs: firstMs }]);
  expect(await lastUsed()).toBe(at(limits.gateways.keyLastUsedMs));
  await recordKeyUses(database, []);
});
