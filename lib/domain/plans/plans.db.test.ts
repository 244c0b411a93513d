import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer, loadDirectoryRows, updateServer } from "#lib/domain/servers/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { changePlan, getPlan, planOf, readPlanFile, syncPlans } from "./index.ts";

let own: GatewayFixture;
beforeAll(async () => {
  own = await gatewayFixture();
});
afterAll(() => own.store.close());

const caps = {
  toolCallDurationMsMax: 5_000,
  requestBytesMax: 1_000,
  responseBytesMax: 65_536,
  hostedServersMax: 2,
  retentionDaysMax: 1,
  viewersMax: 3,
};
const prices = { perCallMicros: "9007199254740993", per100MsMicros: "1", per64KibMicros: "2" };
const sync = (plan: string, over: object = {}) =>
  syncPlans(
    { system: own.system, actor: { kind: "system", name: "plans" }, requestId: "req_plans" },
    { plans: [{ plan, name: "Tiny", caps, prices, ...over }] },
  );

test("a plan becomes a new version only when it changes, and no version ever changes", async () => {
  const plan = `tiny-${Date.now()}`;
  expect(await sync(plan)).toEqual([`${plan}@1`]);
  expect(await sync(plan)).toEqual([]);
  expect(await sync(plan, { prices: { ...prices, perCallMicros: "1" } })).toEqual([`${plan}@2`]);
  const owner = own.as("owner");
  const changed = await changePlan(owner, { plan });
  expect(changed).toMatchObject({ id: `${plan}@2`, callPriceCapMicros: String(1 + 50 + 2), mayChange: true });
  expect(await own.lastAudit(owner.organization.id)).toMatchObject({
    action: "plan.change",
    before: { plan: "self-hosted@1" },
    after: { plan: `${plan}@2` },
  });
  const terms = await planOf(own.store.database.db, owner.organization.id, Date.now());
  expect(terms).toMatchObject({ priceVersion: `${plan}@2`, isPriced: true });
  await changePlan(owner, { plan: "self-hosted" });
});

test("amounts beyond what a number holds survive database and wire", async () => {
  const plan = `large-${Date.now()}`;
  await sync(plan);
  const found = (await getPlan(own.as("viewer"), {})).available.find((version) => version.plan === plan);
  expect(found?.prices.perCallMicros).toBe("9007199254740993");
});

describe("caps", () => {
  test("above the cap of hosted servers those that are there stay, a new one is refused with the way on, connected ones are free", async () => {
    const plan = `two-${Date.now()}`;
    await sync(plan);
    const owner = own.as("owner");
    const slug = (name: string) => `${name}-${Date.now().toString(36)}`;
    const made = await createServer(owner, { kind: "hosted", name: "A", slug: slug("hosted-a") });
    for (const letter of ["b", "c"])
      await createServer(owner, { kind: "hosted", name: letter, slug: slug(`hosted-${letter}`) });
    await changePlan(owner, { plan });
    await expect(
      createServer(owner, { kind: "hosted", name: "D", slug: slug("hosted-d") }),
    ).rejects.toMatchObject({
      code: "payment_required",
      message: expect.stringContaining("Settings → Billing"),
    });
    expect((await updateServer(owner, { server: made.id, name: "Still here" })).name).toBe("Still here");
    await createServer(owner, {
      kind: "connected",
      name: "E",
      slug: slug("connected-e"),
      upstreamUrl: "https://mcp.example.com/mcp",
    });
    const rows = await loadDirectoryRows(own.store.database, own.system.doors.unseal);
    expect(rows.find((row) => row.id === made.id)).toMatchObject({
      caps: { toolCallDurationMsMax: 5_000, viewersMax: 3 },
      plan: { priceVersion: `${plan}@1`, isPriced: true },
    });
    await expect(updateServer(owner, { server: made.id, retentionDays: 7 })).rejects.toMatchObject({
      message: expect.stringContaining("This plan keeps logs for at most 1 day"),
    });
    await changePlan(owner, { plan: "self-hosted" });
  });

  test("a plan that does not exist is refused by name, and nobody but an owner changes it", async () => {
    await expect(changePlan(own.as("owner"), { plan: "golden" })).rejects.toMatchObject({
      code: "invalid_input",
      errors: [expect.objectContaining({ path: "plan" })],
    });
    await expect(changePlan(own.as("admin"), { plan: "metered" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

test("a file that cannot be used is refused by name and reason", async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "plans-"));
  const file = path.join(directory, "plans.json");
  for (const text of [
    "{",
    "{}",
    JSON.stringify({ plans: [{ plan: "x", name: "X", caps, prices: { ...prices, perCallMicros: 1.5 } }] }),
  ]) {
    await writeFile(file, text);
    await expect(readPlanFile(file)).rejects.toThrow(file);
  }
  await writeFile(file, JSON.stringify({ plans: [{ plan: "x", name: "X", caps, prices }] }));
  expect((await readPlanFile(file)).plans).toHaveLength(1);
  await rm(directory, { recursive: true });
});
