import { afterAll, beforeAll, expect, test } from "vitest";
import { CreateGateway } from "#lib/contract/index.ts";
import { listen } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { deleteServer, getServer, listServers } from "../servers/index.ts";
import {
  attachServer,
  createGateway,
  createGatewayKey,
  deleteGateway,
  detachServer,
  getGateway,
  listAttachments,
  listGateways,
  listGrants,
  loadGatewayEntries,
  updateGateway,
} from "./index.ts";

let own: GatewayFixture;
beforeAll(async () => {
  own = await gatewayFixture();
});
afterAll(() => own.store.close());

const OAUTH = {
  access: ["oauth" as const],
  providerType: "manual" as const,
  authorizationServerUrl: "https://login.example.com/tenant",
};
let made = 0;
const gateway = (over: Partial<Parameters<typeof createGateway>[1]> = {}) => {
  made += 1;
  return createGateway(own.as("admin"), { name: `Gateway ${made}`, access: ["key"], ...over });
};
const entryOf = async (id: string) =>
  (await loadGatewayEntries(own.store.database, Date.now())).gateways.find((entry) => entry.id === id);

test("a new gateway lets everyone who gets in call everything, is found by id and by name in any case, and is audited", async () => {
  const { id } = await gateway({ name: "Support Desk" });
  const ctx = own.as("viewer");
  const seen = await getGateway(ctx, { gateway: id });
  expect(seen).toMatchObject({
    name: "Support Desk",
    access: ["key"],
    grantCount: 1,
    keyCount: 0,
    servers: [],
  });
  expect(seen.createdBy).toBe("Acme admin");
  expect(await getGateway(ctx, { gateway: "support desk" })).toEqual(seen);
  expect(await listGrants(ctx, { gateway: id })).toMatchObject([
    { subject: { kind: "everyone" }, subjectLabel: "Everyone", serverId: null, tools: ["*"] },
  ]);
  expect(await own.lastAudit(id)).toMatchObject({ action: "gateway.create", entity: "gateway" });
  expect(own.runtime.refreshes).toBeGreaterThan(0);
});

test("a gateway that grants nothing has no grant", async () => {
  const { id, grantCount } = await gateway({ grantEveryone: false });
  expect(grantCount).toBe(0);
  expect((await entryOf(id))?.grants).toEqual([]);
});

test("names are unique within an organization whatever their case, and free for others and after deletion", async () => {
  const first = await gateway({ name: "Partners" });
  const taken = { code: "conflict", errors: [{ path: "name", code: "taken" }] };
  await expect(gateway({ name: "PARTNERS" })).rejects.toMatchObject(taken);
  const other = await gateway();
  await expect(updateGateway(own.as("admin"), { gateway: other.id, name: "partners" })).rejects.toMatchObject(
    taken,
  );
  await updateGateway(own.as("admin"), { gateway: first.id, name: "PARTNERS" });
  await createGateway(own.stranger(), { name: "Partners", access: ["public"] });
  await deleteGateway(own.as("admin"), { gateway: "partners" });
  await gateway({ name: "Partners" });
});

test("two creations of one name at the same moment: one wins, the other gets the conflict", async () => {
  const results = await Promise.allSettled([gateway({ name: "Race" }), gateway({ name: "race" })]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
});

test.each([
  ["oauth without an authorization server", { access: ["oauth"] }, "providerType"],
  [
    "oauth with an issuer but no provider",
    { access: ["oauth"], authorizationServerUrl: "https://a.example" },
    "providerType",
  ],
  ["a manual provider without a URL", { providerType: "manual" }, "authorizationServerUrl"],
  [
    "an issuer over http that is not this machine",
    { ...OAUTH, authorizationServerUrl: "http://login.example.com" },
    "authorizationServerUrl",
  ],
  [
    "an issuer with a query",
    { ...OAUTH, authorizationServerUrl: "https://a.example/?x=1" },
    "authorizationServerUrl",
  ],
  [
    "an issuer with a password",
    { ...OAUTH, authorizationServerUrl: "https://u:p@a.example" },
    "authorizationServerUrl",
  ],
  ["a key set over http", { ...OAUTH, jwksUrl: "http://keys.example.com" }, "jwksUrl"],
  ["a resource with a fragment", { ...OAUTH, resource: "https://a.example/#x" }, "resource"],
  ["another scheme", { ...OAUTH, authorizationServerUrl: "ftp://a.example" }, "authorizationServerUrl"],
  ["a name that looks like an id", { name: "gw_01k0000000e00800000000000a" }, "name"],
  ["no way in", { access: [] }, "access"],
  ["a scope with a space", { ...OAUTH, scopes: ["a b"] }, "scopes.0"],
] as const)("%s is refused, and says where", async (_what, over, path) => {
  await expect(gateway(over as object)).rejects.toMatchObject({
    code: "invalid_input",
    errors: expect.arrayContaining([expect.objectContaining({ path })]),
  });
});

test("an issuer on this machine may use http", async () => {
  const { id } = await gateway({
    ...OAUTH,
    authorizationServerUrl: "http://127.0.0.1:4000",
    scopes: ["a", "a"],
  });
  expect(await entryOf(id)).toMatchObject({
    access: ["oauth"],
    oauth: { issuer: "http://127.0.0.1:4000", audience: null, scopes: ["a"] },
  });
});

test("a change is judged with what stays, reaches the directory, and is audited before and after", async () => {
  const { id } = await gateway();
  const admin = own.as("admin");
  await expect(updateGateway(admin, { gateway: id, access: ["key", "oauth"] })).rejects.toMatchObject({
    code: "invalid_input",
  });
  await updateGateway(admin, { gateway: id, ...OAUTH, access: ["oauth", "key"], callsPerMinuteMax: 60 });
  await expect(updateGateway(admin, { gateway: id, authorizationServerUrl: null })).rejects.toMatchObject({
    code: "invalid_input",
  });
  expect(await entryOf(id)).toMatchObject({
    access: ["key", "oauth"],
    oauth: { issuer: OAUTH.authorizationServerUrl },
    callsPerMinuteMax: 60,
  });
  expect(await own.lastAudit(id)).toMatchObject({
    action: "gateway.update",
    before: { access: ["key"] },
    after: { access: ["key", "oauth"] },
  });
});

test("attaching gives a public URL, closes the direct one, and the same gateway keeps it", async () => {
  const admin = own.as("admin");
  const { id } = await gateway({ ...OAUTH });
  const server = await own.server();
  const attached = await attachServer(admin, { server: server.slug, gatewayId: id });
  expect(attached.publicId).toMatch(/^[0-9a-z]{24}$/);
  expect(attached).toMatchObject({
    serverSlug: server.slug,
    url: `http://127.0.0.1:3000/gateway/${attached.publicId}/mcp`,
    metadataUrl: `http://127.0.0.1:3000/.well-known/oauth-protected-resource/gateway/${attached.publicId}/mcp`,
  });
  expect(await getServer(admin, { server: server.id })).toMatchObject({
    mcpUrl: attached.url,
    directUrl: server.directUrl,
    gateway: { id, publicId: attached.publicId },
  });
  expect(await attachServer(admin, { server: server.id, gatewayId: id })).toEqual(attached);
  expect(await listAttachments(own.as("viewer"), { gateway: id })).toEqual([attached]);
  expect(await own.lastAudit(server.id)).toMatchObject({ action: "gateway.attach" });

  await detachServer(admin, { server: server.id });
  expect(await getServer(admin, { server: server.id })).toMatchObject({
    mcpUrl: server.directUrl,
    gateway: null,
  });
  expect(await own.lastAudit(server.id)).toMatchObject({
    action: "gateway.detach",
    before: { gatewayId: id, publicId: attached.publicId },
  });
  await expect(detachServer(admin, { server: server.id })).rejects.toMatchObject({ code: "conflict" });
});

test("moving to another gateway gives a new public URL; the holders of the old one do not follow", async () => {
  const admin = own.as("admin");
  const [first, second] = [await gateway(), await gateway()];
  const server = await own.server();
  const before = await attachServer(admin, {
    server: server.id,
    gatewayId: first.id,
    publicId: "desk-support",
  });
  expect(before.publicId).toBe("desk-support");
  const after = await attachServer(admin, { server: server.id, gatewayId: second.name });
  expect(after).toMatchObject({ gatewayId: second.id });
  expect(after.publicId).not.toBe("desk-support");
  expect(await listAttachments(admin, { gateway: first.id })).toEqual([]);
});

test("a public id is unique over all organizations, and what it refuses leaves the attachment as it was", async () => {
  const admin = own.as("admin");
  const mine = await gateway();
  const server = await own.server();
  const attached = await attachServer(admin, { server: server.id, gatewayId: mine.id });
  const theirs = await createGateway(own.stranger(), { name: "Theirs", access: ["key"] });
  const foreign = await own.server(own.stranger());
  await attachServer(own.stranger(), {
    server: foreign.id,
    gatewayId: theirs.id,
    publicId: "taken-by-globex",
  });
  await expect(
    attachServer(admin, { server: server.id, gatewayId: mine.id, publicId: "taken-by-globex" }),
  ).rejects.toMatchObject({ code: "conflict", errors: [{ path: "publicId", code: "taken" }] });
  expect(await listAttachments(admin, { gateway: mine.id })).toEqual([attached]);
  for (const publicId of ["short", "UPPERCASE", "-leading-hyphen", "a/b/c/d/e", "x".repeat(64)])
    await expect(
      attachServer(admin, { server: server.id, gatewayId: mine.id, publicId }),
    ).rejects.toMatchObject({ code: "invalid_input" });
});

test("a public id that was let go stays with its organization: clients that still know it reach nobody else", async () => {
  const admin = own.as("admin");
  const mine = await gateway();
  const server = await own.server();
  const named = { server: server.id, gatewayId: mine.id, publicId: "known-to-clients" };
  await attachServer(admin, named);
  await detachServer(admin, { server: server.id });
  const theirs = await createGateway(own.stranger(), { name: "Squatter", access: ["public"] });
  const foreign = await own.server(own.stranger());
  await expect(
    attachServer(own.stranger(), { ...named, server: foreign.id, gatewayId: theirs.id }),
  ).rejects.toMatchObject({ code: "conflict", errors: [{ path: "publicId", code: "taken" }] });
  expect((await attachServer(admin, named)).publicId).toBe("known-to-clients");
});

test("nothing of a stranger can be seen, attached, or attached to", async () => {
  const theirs = await createGateway(own.stranger(), { name: "Secret", access: ["key"] });
  const foreign = await own.server(own.stranger());
  const mine = await gateway();
  const server = await own.server();
  const admin = own.as("admin");
  const missing = { code: "not_found" };
  for (const ref of [
    theirs.id,
    "Secret",
    "gw_01k0000000e00800000000000a",
    "",
    "'; drop table gateways; --",
  ]) {
    const attempts = [
      () => getGateway(admin, { gateway: ref }),
      () => updateGateway(admin, { gateway: ref, name: "Mine now" }),
      () => deleteGateway(admin, { gateway: ref }),
      () => attachServer(admin, { server: server.id, gatewayId: ref }),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject(ref === "" ? { code: "invalid_input" } : missing);
  }
  await expect(attachServer(admin, { server: foreign.id, gatewayId: mine.id })).rejects.toMatchObject(
    missing,
  );
  await expect(detachServer(admin, { server: foreign.id })).rejects.toMatchObject(missing);
  expect((await listGateways(admin, {})).map(({ id }) => id)).not.toContain(theirs.id);
});

test("a gateway that fronts servers is not deleted, and says which; without them its keys die with it", async () => {
  const admin = own.as("admin");
  const { id } = await gateway();
  const key = await createGatewayKey(admin, { gateway: id, name: "Bot" });
  const server = await own.server();
  await attachServer(admin, { server: server.id, gatewayId: id });
  await expect(deleteGateway(admin, { gateway: id })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(server.slug),
    details: { servers: [server.slug] },
  });
  await detachServer(admin, { server: server.id });
  await deleteGateway(admin, { gateway: id });
  await expect(getGateway(admin, { gateway: id })).rejects.toMatchObject({ code: "not_found" });
  expect(await entryOf(id)).toBeUndefined();
  const { keys } = await loadGatewayEntries(own.store.database, Date.now());
  expect([...keys.values()].find((entry) => entry.id === key.id)?.revokedAtMs).not.toBeNull();
  expect(await own.lastAudit(id)).toMatchObject({ action: "gateway.delete" });
});

test("a deleted server leaves its gateway, so that the gateway may go as well", async () => {
  const admin = own.as("admin");
  const { id } = await gateway();
  const server = await own.server();
  await attachServer(admin, { server: server.id, gatewayId: id, publicId: "freed-later" });
  await deleteServer(admin, { server: server.id });
  expect(await listAttachments(admin, { gateway: id })).toEqual([]);
  const next = await own.server();
  expect(
    await attachServer(admin, { server: next.id, gatewayId: id, publicId: "freed-later" }),
  ).toMatchObject({
    publicId: "freed-later",
  });
});

test("every change is told to all processes by the id of what changed", async () => {
  const heard: string[] = [];
  let ready = () => {};
  const listening = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const { id } = await gateway();
  const server = await own.server();
  const stop = await listen(
    own.store.database.sql,
    "mcpstack_configuration",
    (heardId) => heard.push(heardId),
    ready,
  );
  await listening;
  await updateGateway(own.as("admin"), { gateway: id, access: ["public"] });
  await attachServer(own.as("admin"), { server: server.id, gatewayId: id });
  await eventually(() => expect(heard).toEqual([id, server.id]));
  await stop();
});

test("a change stays made when the data plane is away", async () => {
  own.runtime.reachable = false;
  const { id } = await gateway();
  own.runtime.reachable = true;
  expect(await getGateway(own.as("viewer"), { gateway: id })).toMatchObject({ id });
});

test("the list shows counts of the last day, and servers show their gateway there", async () => {
  const { id } = await gateway({ name: "Counted" });
  const server = await own.server();
  await attachServer(own.as("admin"), { server: server.id, gatewayId: id });
  const { sql } = own.store.database;
  const nowMs = own.system.clock.nowMs();
  for (const [hoursAgo, decision, calls] of [
    [1, "allowed", 7],
    [2, "key_unknown", 2],
    [30, "allowed", 100],
  ] as const)
    await sql`
      insert into gateway_rollup (organization_id, gateway_id, hour, decision, calls)
      values (${own.tenants.acme.id}, ${id}, ${new Date(nowMs - hoursAgo * 3_600_000).toISOString()}::timestamptz,
        ${decision}, ${calls})`;
  const listed = (await listGateways(own.as("viewer"), {})).find((item) => item.id === id);
  expect(listed).toMatchObject({ calls24h: 9, denied24h: 2, servers: [{ serverSlug: server.slug }] });
  const servers = await listServers(own.as("viewer"), {});
  expect(servers.find((item) => item.id === server.id)?.gateway).toMatchObject({ name: "Counted" });
});

test("the number of gateways is bounded", async () => {
  const { sql } = own.store.database;
  await sql`
    insert into gateways (organization_id, id, name, access)
    select ${own.tenants.globex.id}, 'gw_filler_' || n, 'Filler ' || n, array['key']
    from generate_series(1, ${limits.gateways.perOrganizationMax}) n`;
  await expect(
    createGateway(own.stranger(), { name: "One too many", access: ["key"] }),
  ).rejects.toMatchObject({ code: "limit_reached" });
});

test("the wire fills in what a caller leaves out", () => {
  expect(CreateGateway.parse({ name: " A ", access: ["oauth", "key", "key"] })).toMatchObject({
    name: "A",
    access: ["key", "oauth"],
    grantEveryone: true,
  });
});
