import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Agent } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { createGateway, createGatewayKey, listGatewayKeys, loadGatewayEntries } from "../gateways/index.ts";
import {
  createAgent,
  createAgentKey,
  deleteAgent,
  getAgent,
  listAgentKeys,
  revokeAgentKey,
  rotateAgentKey,
} from "./index.ts";

const HOUR_MS = 3_600_000;
const clock = fakeClock(Date.parse("2026-03-10T12:00:00.000Z"));
let own: GatewayFixture;
let agent: Agent;
let foreign: Agent;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture({ clock });
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  agent = await createAgent(admin(), { name: `Agent ${made}` });
  foreign = await createAgent(own.stranger(), { name: `Foreign ${made}` });
});

const admin = () => own.as("admin");
const servedKey = async (secret: string) =>
  (await loadGatewayEntries(own.store.database, clock.nowMs())).keys.get(hashSecret(secret));
const isoIn = (ms: number) => new Date(clock.nowMs() + ms).toISOString();
const keys = () => listAgentKeys(own.as("viewer"), { agent: agent.id });

test("a key is the agent's own, its secret told once and served as a hash", async () => {
  const created = await createAgentKey(admin(), { agent: agent.id, name: "Production" });
  expect(created.secret).toMatch(/^mcpstack_gk_/);
  expect(await keys()).toMatchObject([
    { id: created.id, name: "Production", agentId: agent.id, gatewayId: null, serverId: null },
  ]);
  expect(JSON.stringify([await keys(), await own.lastAudit(created.id)])).not.toContain(created.secret);
  expect(await servedKey(created.secret)).toMatchObject({
    id: created.id,
    agentId: agent.id,
    gatewayId: null,
    serverId: null,
    organizationId: own.tenants.acme.id,
  });
  expect((await getAgent(admin(), { agent: agent.id })).keyCount).toBe(1);
});

test("a rotated key works for the overlap, and the new one takes its name", async () => {
  const old = await createAgentKey(admin(), { agent: agent.id, name: "Production" });
  const fresh = await rotateAgentKey(admin(), { agent: agent.id, key: old.id, overlapHours: 2 });
  expect(fresh).toMatchObject({ name: "Production", expiresAt: null, agentId: agent.id });
  expect(fresh.secret).not.toBe(old.secret);
  expect(await servedKey(old.secret)).toMatchObject({
    expiresAtMs: clock.nowMs() + 2 * HOUR_MS,
    revokedAtMs: null,
  });
  expect(await servedKey(fresh.secret)).toMatchObject({ expiresAtMs: null, revokedAtMs: null });
  expect(await own.lastAudit(fresh.id)).toMatchObject({
    action: "agent.rotateKey",
    before: { keyId: old.id },
    after: { replacedKeyExpiresAt: isoIn(2 * HOUR_MS) },
  });
});

test("without an overlap the old key is revoked at once", async () => {
  const old = await createAgentKey(admin(), { agent: agent.id, name: "Leaked" });
  await rotateAgentKey(admin(), { agent: agent.id, key: old.id, overlapHours: 0 });
  expect((await servedKey(old.secret))?.revokedAtMs).toBe(clock.nowMs());
  await expect(rotateAgentKey(admin(), { agent: agent.id, key: old.id })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("rotating never gives a key more time than it had, and the next one lasts as long as it was made for", async () => {
  const old = await createAgentKey(admin(), {
    agent: agent.id,
    name: "Week",
    expiresAt: isoIn(7 * 24 * HOUR_MS),
  });
  clock.advance(7 * 24 * HOUR_MS - HOUR_MS);
  const fresh = await rotateAgentKey(admin(), { agent: agent.id, key: old.id, overlapHours: 24 });
  expect((await servedKey(old.secret))?.expiresAtMs).toBe(clock.nowMs() + HOUR_MS);
  expect(fresh.expiresAt).toBe(isoIn(7 * 24 * HOUR_MS));
});

test.each([-1, 1.5, limits.agents.keyOverlapHoursMax + 1])(
  "an overlap of %d hours is refused",
  async (overlapHours) => {
    const { id } = await createAgentKey(admin(), { agent: agent.id, name: "Bot" });
    await expect(rotateAgentKey(admin(), { agent: agent.id, key: id, overlapHours })).rejects.toMatchObject({
      code: "invalid_input",
      errors: [{ path: "overlapHours" }],
    });
  },
);

test("a key of another holder or organization is none of the agent's", async () => {
  const gateway = await createGateway(admin(), { name: `Gateway ${made}`, access: ["key"] });
  const others = [
    await createAgentKey(own.stranger(), { agent: foreign.id, name: "Theirs" }),
    await createGatewayKey(admin(), { gateway: gateway.id, name: "Gateway's" }),
    await createAgentKey(admin(), {
      agent: (await createAgent(admin(), { name: `Second ${made}` })).id,
      name: "Other agent's",
    }),
  ];
  for (const { id } of others) {
    await expect(revokeAgentKey(admin(), { agent: agent.id, key: id })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(rotateAgentKey(admin(), { agent: agent.id, key: id })).rejects.toMatchObject({
      code: "not_found",
    });
  }
  expect(await keys()).toEqual([]);
});

test("an agent has at most so many keys that live; revoking makes room", async () => {
  const first = await createAgentKey(admin(), { agent: agent.id, name: "First" });
  for (let n = 1; n < limits.agents.keysPerAgentMax; n++)
    await createAgentKey(admin(), { agent: agent.id, name: `Key ${n}` });
  await expect(createAgentKey(admin(), { agent: agent.id, name: "Too many" })).rejects.toMatchObject({
    code: "limit_reached",
  });
  await revokeAgentKey(admin(), { agent: agent.id, key: first.id });
  await expect(createAgentKey(admin(), { agent: agent.id, name: "Fits" })).resolves.toMatchObject({
    name: "Fits",
  });
});

test("the keys of a deleted agent open nothing", async () => {
  const { secret } = await createAgentKey(admin(), { agent: agent.id, name: "Bot" });
  await deleteAgent(admin(), { agent: agent.id });
  expect((await servedKey(secret))?.revokedAtMs).toBe(clock.nowMs());
});

test("a gateway's key may be for an embed; the data plane knows it", async () => {
  const gateway = await createGateway(admin(), { name: `Gateway ${made}`, access: ["key"] });
  const { secret } = await createGatewayKey(admin(), { gateway: gateway.id, name: "Widget", use: "embed" });
  expect(await servedKey(secret)).toMatchObject({ use: "embed", agentId: null });
  expect(await listGatewayKeys(admin(), { gateway: gateway.id })).toMatchObject([{ use: "embed" }]);
});
