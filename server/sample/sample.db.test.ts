import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { organizations, users } from "#drizzle/schema/index.ts";
import { createSealedBox, hashPassword, hashSecret } from "#lib/crypto/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { deleteAgent, listAgents } from "#lib/domain/agents/index.ts";
import { listCreditGrants } from "#lib/domain/billing/index.ts";
import { getAgentBudget, updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { listOperations, listVersions, runOperationWorker } from "#lib/domain/deployments/index.ts";
import { detachServer, listGateways, listGrants, loadGatewayEntries } from "#lib/domain/gateways/index.ts";
import { systemCtx } from "#lib/domain/organizations/index.ts";
import { changePlan, getPlan } from "#lib/domain/plans/index.ts";
import { deleteServer, getServer } from "#lib/domain/servers/index.ts";
import {
  createTestOrganization,
  fakeRuntime,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { ensureSampleAgents } from "./agents.ts";
import { ensureSampleCredits, keepSampleCredits } from "./credits.ts";
import { ensureSampleGateway } from "./gateway.ts";
import { ensureSampleOwner } from "./owner.ts";
import { ensurePublished, type SampleServer } from "./publish.ts";

let own: TestDatabase;
let system: System;
let dataDir: string;
let runtime: ReturnType<typeof fakeRuntime>;
let stopping: AbortController;
let worker: Promise<void>;
beforeEach(async () => {
  own = await testDatabase();
  dataDir = mkdtempSync(path.join(os.tmpdir(), "mcpstack-sample-"));
  runtime = fakeRuntime();
  const box = createSealedBox(new Uint8Array(32));
  system = testSystem({ database: own.database, doors: { runtime, seal: box.seal, unseal: box.unseal } });
  stopping = new AbortController();
  worker = runOperationWorker(system, stopping.signal);
});
afterEach(async () => {
  stopping.abort();
  await worker;
  rmSync(dataDir, { recursive: true, force: true });
  await own.close();
});

const SAMPLE: SampleServer = {
  slug: "support-api",
  name: "Support desk",
  description: "",
  version: "1.0.0",
  bundle: new TextEncoder().encode("export default { fetch: () => new Response() }"),
  environment: { SUPPORT_API_KEY: "k" },
};
const ctxOf = async () =>
  systemCtx(system, (await ensureSampleOwner(system, dataDir)).organization.id, "sample");

it("makes one owner with a password of this data directory's own, however often it starts", async () => {
  const first = await ensureSampleOwner(system, dataDir);
  const second = await ensureSampleOwner(system, dataDir);
  expect(second).toEqual(first);
  expect(first.password?.length).toBeGreaterThanOrEqual(16);
  const file = path.join(dataDir, "sample-owner.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8")).password).toBe(first.password);
  expect(await own.database.db.select({ email: users.email }).from(users)).toEqual([{ email: first.email }]);
});

it("does not show a password that the owner has replaced", async () => {
  const { email } = await ensureSampleOwner(system, dataDir);
  await own.database.db
    .update(users)
    .set({ passwordHash: await hashPassword("my own words", system.passwordCost) })
    .where(eq(users.email, email));
  expect((await ensureSampleOwner(system, dataDir)).password).toBe(null);
});

it("publishes once, with the environment that its code needs, and starts nothing again the next time", async () => {
  const ctx = await ctxOf();
  expect(await ensurePublished(ctx, SAMPLE)).toBe("published");
  expect(await ensurePublished(ctx, SAMPLE)).toBe("published");
  expect(runtime.tried.map(({ environment }) => environment)).toEqual([{ SUPPORT_API_KEY: "k" }]);
  expect(await listVersions(ctx, { server: SAMPLE.slug })).toHaveLength(1);
  expect((await getServer(ctx, { server: SAMPLE.slug })).status).toBe("active");
});

it("goes on where a start that failed in the middle ended", async () => {
  const ctx = await ctxOf();
  runtime.onTrial = () => ({ refused: "the edge was killed" });
  await expect(ensurePublished(ctx, SAMPLE)).rejects.toThrow(/the edge was killed/);
  runtime.onTrial = fakeRuntime().onTrial;
  expect(await ensurePublished(ctx, SAMPLE)).toBe("published");
  expect(await listOperations(ctx, { server: SAMPLE.slug })).toHaveLength(2);
});

it("does not bring back a server that a user deleted", async () => {
  const ctx = await ctxOf();
  await ensurePublished(ctx, SAMPLE);
  await deleteServer(ctx, { server: SAMPLE.slug });
  expect(await ensurePublished(ctx, SAMPLE)).toBe("removed");
});

it("does not move into an organization that only has the same name", async () => {
  await own.database.db
    .insert(organizations)
    .values({ id: system.ids.id("org"), slug: "acme", name: "Acme" });
  for (const _start of [1, 2]) {
    await expect(ensureSampleOwner(system, dataDir)).rejects.toThrow(/not the sample's/);
  }
});

it("leaves other organizations alone: a slug that one of them has is not taken over", async () => {
  const ours = await ctxOf();
  const other = await createTestOrganization(own.database, "globex", "Globex");
  await ensurePublished(await systemCtx(system, other.id, "test"), SAMPLE);
  await expect(ensurePublished(ours, SAMPLE)).rejects.toMatchObject({ code: "conflict" });
});

const gatewayFile = () => path.join(dataDir, "sample-gateway.json");
const ensureGateway = (ctx: Ctx) => ensureSampleGateway(ctx, { server: SAMPLE.slug, file: gatewayFile() });

it("puts the server behind a gateway that lets everyone read, once, and keeps its key to this user", async () => {
  const ctx = await ctxOf();
  await ensurePublished(ctx, SAMPLE);
  const first = await ensureGateway(ctx);
  expect(await ensureGateway(ctx)).toEqual(first);
  expect(statSync(gatewayFile()).mode & 0o777).toBe(0o600);
  const [gateway, ...others] = await listGateways(ctx, {});
  expect(others).toEqual([]);
  expect(gateway).toMatchObject({ name: "Support", access: ["public", "key"], keyCount: 1, grantCount: 1 });
  expect(await listGrants(ctx, { gateway: "support" })).toMatchObject([
    { subject: { kind: "everyone" }, tools: ["get_*", "list_*", "search_*"] },
  ]);
  const { keys } = await loadGatewayEntries(own.database, system.clock.nowMs());
  expect(keys.get(hashSecret(first?.key ?? ""))).toMatchObject({ name: "Partner" });
});

it("makes the gateway again after a start that failed in the middle, and not after a user took the server out", async () => {
  const ctx = await ctxOf();
  await ensurePublished(ctx, SAMPLE);
  await ensureGateway(ctx);
  rmSync(gatewayFile());
  expect(await ensureGateway(ctx)).not.toBeNull();
  expect(await listGateways(ctx, {})).toHaveLength(1);
  await detachServer(ctx, { server: SAMPLE.slug });
  expect(await ensureGateway(ctx)).toBeNull();
  expect(await getServer(ctx, { server: SAMPLE.slug })).toMatchObject({ gateway: null });
});

const withGateway = async () => {
  const ctx = await ctxOf();
  await ensurePublished(ctx, SAMPLE);
  const gateway = await ensureGateway(ctx);
  if (!gateway) throw new Error("the sample has no gateway");
  return { ctx, ...gateway };
};
const ensureAgents = (ctx: Ctx, gatewayId: string) =>
  ensureSampleAgents(ctx, {
    servers: [SAMPLE.slug],
    gatewayId,
    file: path.join(dataDir, "sample-agents.json"),
  });

it("makes two agents with budgets, grants and keys, once, and a deleted one does not come back", async () => {
  const { ctx, gatewayId } = await withGateway();
  const first = await ensureAgents(ctx, gatewayId);
  const [digest, support, ...others] = await listAgents(ctx, {});
  expect(others).toEqual([]);
  expect(support).toMatchObject({ name: "Support agent (sample)", serverCount: 1, keyCount: 1 });
  expect(await getAgentBudget(ctx, { agent: digest?.id ?? "" })).toMatchObject({ sessionCapMicros: "4000" });
  const tools = await listGrants(ctx, { gateway: gatewayId });
  expect(tools.map(({ subject }) => subject)).toContainEqual({ kind: "agent", agentId: support?.id });
  await updateAgentBudget(ctx, { agent: support?.id ?? "", monthlyCapMicros: "1" });
  await deleteAgent(ctx, { agent: digest?.id ?? "" });
  expect(await ensureAgents(ctx, gatewayId)).toEqual({ support: first.support, digest: null });
  expect(await getAgentBudget(ctx, { agent: support?.id ?? "" })).toMatchObject({ monthlyCapMicros: "1" });
});

it("makes the agents again after a start that failed in the middle, each once", async () => {
  const { ctx, gatewayId } = await withGateway();
  await ensureAgents(ctx, gatewayId);
  rmSync(path.join(dataDir, "sample-agents.json"));
  await ensureAgents(ctx, gatewayId);
  expect(await listAgents(ctx, {})).toHaveLength(2);
  expect(await listGrants(ctx, { gateway: gatewayId })).toHaveLength(2);
});

it("gives credits before prices, grants them again only when few are left, and leaves a chosen plan alone", async () => {
  const ctx = await ctxOf();
  const file = path.join(dataDir, "sample-credits.json");
  const other = await createTestOrganization(own.database, "globex", "Globex");
  const theirs = await systemCtx(system, other.id, "test");
  for (const _start of [1, 2]) {
    await ensureSampleCredits(ctx, file);
    await keepSampleCredits(ctx);
  }
  expect(await getPlan(ctx, {})).toMatchObject({ plan: "metered" });
  expect(await listCreditGrants(ctx, {})).toMatchObject([{ kind: "promo", amountMicros: "25000000" }]);
  expect(await getPlan(theirs, {})).toMatchObject({ plan: "self-hosted" });
  expect(await listCreditGrants(theirs, {})).toEqual([]);
  await changePlan(ctx, { plan: "self-hosted" });
  await ensureSampleCredits(ctx, file);
  expect(await getPlan(ctx, {})).toMatchObject({ plan: "self-hosted" });
});
