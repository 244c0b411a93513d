import { afterAll, beforeAll, expect, it } from "vitest";
import { createServerDirectory, type RefreshingDirectory } from "#lib/data-plane/directory/index.ts";
import { isMeterRefusal, type Meter, type MeteredCall } from "#lib/data-plane/metering/index.ts";
import { CHANNELS, listen } from "#lib/db/index.ts";
import { createAgent, getAgent, loadAgentEntries, resumeAgent } from "#lib/domain/agents/index.ts";
import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { serverEntry } from "#lib/testing/mcp/index.ts";
import { startMeter } from "./edge-meter.ts";

let own: GatewayFixture;
let directory: RefreshingDirectory;
let meter: Meter;

beforeAll(async () => {
  own = await gatewayFixture({ clock: systemClock });
  const { database } = own.store;
  directory = createServerDirectory({
    load: async () => ({
      servers: [],
      gateways: [],
      agents: await loadAgentEntries(database),
      keys: new Map(),
    }),
    loadVersion: async () => null,
    listen: (onChange, onListening) => listen(database.sql, CHANNELS.configuration, onChange, onListening),
    clock: systemClock,
    log: own.system.log,
    // Only a notification can make it look.
    refreshMs: 3_600_000,
  });
  await directory.start();
  meter = startMeter({ system: own.system, directory, node: "edge-1" });
});
afterAll(async () => {
  await meter.close();
  await directory.close();
  await own.store.close();
});

it("an agent that loops is stopped at once, paused for every node and everybody to see, and goes on when it is resumed", async () => {
  const admin = own.as("admin");
  const { id } = await createAgent(admin, { name: "Robot" });
  await updateAgentBudget(admin, { agent: id, loopCallsPerMinuteMax: 3 });
  await eventually(() => expect(directory.agentById(id)?.budget.loopCallsPerMinuteMax).toBe(3));
  const call = (): MeteredCall => ({
    server: serverEntry("orders", { organizationId: own.tenants.acme.id }),
    agent: directory.agentById(id) ?? null,
    endUser: null,
    session: null,
    tool: "get_order",
    arguments: () => '{"id":1}',
  });
  const isStopped = async (): Promise<boolean> => isMeterRefusal(await meter.admit([call()]));
  for (let count = 0; count < 3; count++) expect(await isStopped()).toBe(false);
  expect(await isStopped()).toBe(true);
  await eventually(() => expect(directory.agentById(id)?.pauseReason).toBe("loop_suspected"));
  expect((await getAgent(admin, { agent: id })).pause).toMatchObject({
    reason: "loop_suspected",
    note: expect.stringContaining("get_order of orders"),
  });
  await resumeAgent(admin, { agent: id });
  await eventually(() => expect(directory.agentById(id)?.isPaused).toBe(false));
  expect(await isStopped()).toBe(false);
});

it("a cap that is set counts on an edge that is only notified, and one that is lifted as well", async () => {
  const admin = own.as("admin");
  const { id } = await createAgent(admin, { name: "Spender" });
  const server = serverEntry("orders", { organizationId: own.tenants.acme.id });
  const isStopped = async (): Promise<boolean> => {
    const agent = directory.agentById(id);
    if (!agent) throw new Error("the agent is not known");
    if (!meter.watches(server, agent)) return false;
    const call = { server, agent, endUser: null, session: null, tool: "get_order", arguments: () => "{}" };
    const answer = await meter.admit([call]);
    if (isMeterRefusal(answer)) return true;
    meter.release(answer);
    return false;
  };
  await eventually(() => expect(directory.agentById(id)).toBeDefined());
  expect(await isStopped()).toBe(false);
  for (const [cap, expected] of [
    ["0", true],
    ["1000", false],
    ["0", true],
    [null, false],
  ] as const) {
    await updateAgentBudget(admin, { agent: id, monthlyCapMicros: cap });
    await eventually(async () => expect(await isStopped()).toBe(expected));
  }
});
