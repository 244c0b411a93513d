import { afterAll, beforeAll, expect, test } from "vitest";
import type { System } from "#lib/domain/access/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { capRetention, createServer, getServer, updateServer } from "./index.ts";

let own: GatewayFixture;
beforeAll(async () => {
  own = await gatewayFixture();
});
afterAll(() => own.store.close());

const allowing = (logRetentionDaysMax: number): System => ({
  ...own.system,
  doors: { ...own.system.doors, logRetentionDaysMax },
});

test("no server keeps its logs for longer than the installation allows, and is told the most", async () => {
  const server = await own.server();
  const change = (system: System, retentionDays: 0 | 1 | 7 | 30 | 90) =>
    updateServer({ ...own.as("admin"), doors: system.doors }, { server: server.id, retentionDays });
  await expect(change(allowing(7), 30)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("at most 7 days"),
    errors: [expect.objectContaining({ path: "retentionDays" })],
  });
  expect((await change(allowing(7), 7)).retentionDays).toBe(7);
  expect((await change(allowing(90), 90)).retentionDays).toBe(90);
});

test("servers above the most are brought down to it, once and on the record", async () => {
  const server = await own.server();
  const admin = own.as("admin");
  await updateServer(admin, { server: server.id, retentionDays: 90 });
  expect(await capRetention(allowing(90))).toBe(0);
  expect(await capRetention(allowing(7))).toBeGreaterThanOrEqual(1);
  expect((await getServer(admin, { server: server.id })).retentionDays).toBe(7);
  expect(await own.lastAudit(server.id)).toMatchObject({
    action: "server.capRetention",
    actor: "system:retention",
    before: { retentionDays: 90 },
    after: { retentionDays: 7 },
  });
  expect(await capRetention(allowing(7))).toBe(0);
});

test("a new server begins with what is allowed", async () => {
  const ctx = { ...own.as("admin"), doors: allowing(1).doors };
  const server = await createServer(ctx, { kind: "hosted", name: "Short", slug: "short-lived" });
  expect(server.retentionDays).toBe(1);
});
