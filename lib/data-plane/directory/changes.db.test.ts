import { hash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHANNELS, listen } from "#lib/db/index.ts";
import {
  attachAgentServer,
  createAgent,
  createAgentKey,
  loadAgentEntries,
  pauseAgent,
  resumeAgent,
} from "#lib/domain/agents/index.ts";
import { suspendAgent, updateAgentBudget } from "#lib/domain/budgets/index.ts";
import {
  attachServer,
  createGateway,
  createGatewayKey,
  createGrant,
  detachServer,
  loadGatewayEntries,
  revokeGatewayKey,
} from "#lib/domain/gateways/index.ts";
import { loadDirectoryRows } from "#lib/domain/servers/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { createServerDirectory, type RefreshingDirectory } from "./index.ts";

let own: GatewayFixture;
let nodes: RefreshingDirectory[];

beforeAll(async () => {
  own = await gatewayFixture({ clock: systemClock });
  const { database } = own.store;
  nodes = [1, 2].map(() =>
    createServerDirectory({
      load: async () => ({
        servers: await loadDirectoryRows(database, own.system.doors.unseal),
        ...(await loadGatewayEntries(database, Date.now())),
        agents: await loadAgentEntries(database),
      }),
      loadVersion: async () => null,
      listen: (onChange, onListening) => listen(database.sql, CHANNELS.configuration, onChange, onListening),
      clock: systemClock,
      log: recordingLog(),
      // Only a notification can make a node look.
      refreshMs: 3_600_000,
    }),
  );
  await Promise.all(nodes.map((node) => node.start()));
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await own.store.close();
});

/** Resolves when every node knows. */
const untilAllNodes = (knows: (node: RefreshingDirectory) => boolean): Promise<void> =>
  eventually(() => expect(nodes.every(knows)).toBe(true));

it("every node is told who may call what, by notification alone", async () => {
  const admin = own.as("admin");
  const server = await own.server();
  const gateway = await createGateway(admin, { name: "Partners", access: ["key"], grantEveryone: false });
  const attachment = await attachServer(admin, { server: server.id, gatewayId: gateway.id });
  const key = await createGatewayKey(admin, { gateway: gateway.id, name: "a partner" });
  const keyHash = hash("sha256", key.secret, "hex");
  const grant = await createGrant(admin, {
    gateway: gateway.id,
    subject: { kind: "key", keyId: key.id },
    tools: ["read_*"],
  });
  await untilAllNodes(
    (node) =>
      node.keyByHash(keyHash)?.id === key.id &&
      node.byPublicId(attachment.publicId)?.gateway.grants[0]?.id === grant.id,
  );
  for (const node of nodes) {
    expect(node.bySlug(server.slug)?.gateway).toEqual({ id: gateway.id, publicId: attachment.publicId });
    expect(node.keyByHash(keyHash)).toMatchObject({ gatewayId: gateway.id, revokedAtMs: null });
  }

  await revokeGatewayKey(admin, { gateway: gateway.id, key: key.id });
  await untilAllNodes((node) => (node.keyByHash(keyHash)?.revokedAtMs ?? null) !== null);

  await detachServer(admin, { server: server.id });
  await untilAllNodes(
    (node) => node.byPublicId(attachment.publicId) === undefined && node.byId(server.id)?.gateway === null,
  );
});

it("every node is told what an agent may call and spend, and that it was paused", async () => {
  const admin = own.as("admin");
  const server = await own.server();
  const agent = await createAgent(admin, { name: "Support" });
  const key = await createAgentKey(admin, { agent: agent.id, name: "CI" });
  await attachAgentServer(admin, { agent: agent.id, server: server.id });
  const entryOf = (node: RefreshingDirectory) => node.agentById(agent.id);
  await untilAllNodes(
    (node) =>
      node.keyByHash(hash("sha256", key.secret, "hex"))?.agentId === agent.id &&
      entryOf(node)?.serverIds.has(server.id) === true,
  );

  await updateAgentBudget(admin, { agent: agent.id, monthlyCapMicros: "25000000" });
  await updateAgentBudget(admin, { agent: agent.id, monthlyCapMicros: "1" });
  await untilAllNodes((node) => entryOf(node)?.budget.monthlyCapMicros === 1n);

  await pauseAgent(admin, { agent: agent.id });
  await untilAllNodes((node) => entryOf(node)?.pauseReason === "by_hand");
  await resumeAgent(admin, { agent: agent.id });
  await untilAllNodes((node) => entryOf(node)?.isPaused === false);

  await suspendAgent(
    { system: own.system, actor: { kind: "system", name: "edge" }, requestId: "req_1" },
    {
      organizationId: own.tenants.acme.id,
      agentId: agent.id,
      call: `get_order of ${server.slug}`,
      callsPerMinuteMax: 60,
    },
  );
  await untilAllNodes((node) => entryOf(node)?.pauseReason === "loop_suspected");
});
