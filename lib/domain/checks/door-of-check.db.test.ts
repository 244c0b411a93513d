import { afterAll, beforeAll, expect, test } from "vitest";
import type { Agent, Server } from "#lib/contract/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { createAgent, deleteAgent } from "../agents/index.ts";
import { attachServer, createGateway } from "../gateways/index.ts";
import { getServerRow } from "../servers/index.ts";
import { doorOfCheck } from "./door-of-check.ts";

let own: GatewayFixture;
let server: Server;
let agent: Agent;
beforeAll(async () => {
  own = await gatewayFixture({
    doors: {
      internalMcp: (slug, source) => ({ url: `own:${slug}`, headers: { source } }),
      agentMcp: ({ slug, publicId }, source, agentId) => ({
        url: `agent:${publicId ?? slug}`,
        headers: { source, agentId },
      }),
    },
  });
  server = await own.server();
  agent = await createAgent(own.as("admin"), { name: "Support" });
});
afterAll(() => own.store.close());

const doorFor = async (as: string | null) =>
  doorOfCheck(
    own.as("admin"),
    await getServerRow(own.store.database.db, own.tenants.acme.id, server.id),
    "smoke",
    as,
  );

test("a check goes our own way, or to the door that the agent uses", async () => {
  expect(await doorFor(null)).toEqual({ url: `own:${server.slug}`, headers: { source: "smoke" } });
  const asAgent = { source: "smoke", agentId: agent.id };
  expect(await doorFor("SUPPORT")).toEqual({ url: `agent:${server.slug}`, headers: asAgent });
  const gateway = await createGateway(own.as("admin"), { name: "Front", access: ["key"] });
  const { publicId } = await attachServer(own.as("admin"), { server: server.id, gatewayId: gateway.id });
  expect(await doorFor(agent.id)).toEqual({ url: `agent:${publicId}`, headers: asAgent });
});

test("nobody calls as a stranger's agent, or as one that is gone", async () => {
  const foreign = await createAgent(own.stranger(), { name: "Theirs" });
  const gone = await createAgent(own.as("admin"), { name: "Gone" });
  await deleteAgent(own.as("admin"), { agent: gone.id });
  for (const as of [foreign.id, "Theirs", gone.id, "Gone", "nobody"])
    await expect(doorFor(as)).rejects.toMatchObject({ code: "not_found" });
});
