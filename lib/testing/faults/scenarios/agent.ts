import { detachAgentServer, pauseAgent, revokeAgentKey } from "#lib/domain/agents/index.ts";
import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { deactivateServer } from "#lib/domain/deployments/index.ts";
import { listGrants, updateGrant } from "#lib/domain/gateways/index.ts";
import { cause, type Fault } from "../fault.ts";
import type { Fleet } from "../fleet.ts";
import { ended, openScene, type Scene, type SceneOptions } from "../scene.ts";

/** A desk with an agent that worked well until a moment ago. */
export async function workingAgent(
  fleet: Fleet,
  { durationMs, ...options }: SceneOptions & { durationMs?: number } = {},
): Promise<Scene> {
  const scene = await openScene(fleet, { agent: true, ...options });
  await scene.past({ calls: 60, byAgent: true, ...(durationMs === undefined ? {} : { durationMs }) });
  const agent = scene.caller({ as: "agent" });
  await agent.list();
  await agent.repeat(4, "search_tickets");
  return scene;
}

/** What it does from now on: it lists its tools and calls some, as it did before. */
export async function agentTries(scene: Scene, tool = "search_tickets", times = 5): Promise<void> {
  const agent = scene.caller({ as: "agent" });
  await agent.list();
  await agent.repeat(times, tool);
}

export const agentOf = (scene: Scene): NonNullable<Scene["agent"]> => {
  if (scene.agent === null) throw new Error("The scene has no agent.");
  return scene.agent;
};

const askAgent = (scene: Scene, tool?: string) =>
  scene.ask({ agent: agentOf(scene).id, ...(tool === undefined ? {} : { tool }) });

export const AGENT_FAULTS: readonly Fault[] = [
  {
    id: "agent-detached",
    symptom: "agent_fails",
    expect: cause("agent_not_attached"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await detachAgentServer(scene.ctx, { agent: agentOf(scene).id, server: scene.server.id });
      await agentTries(scene);
      return askAgent(scene);
    },
  },
  {
    id: "grant-shrunk",
    symptom: "agent_fails",
    expect: cause("tool_not_granted"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      const gateway = scene.gateway?.id ?? "";
      const [grant] = await listGrants(scene.ctx, { gateway });
      await updateGrant(scene.ctx, { gateway, grant: grant?.id ?? "", tools: ["search_*"] });
      await agentTries(scene, "close_ticket");
      return askAgent(scene, "close_ticket");
    },
  },
  {
    id: "agent-paused",
    symptom: "agent_fails",
    expect: cause("agent_paused"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await pauseAgent(scene.ctx, { agent: agentOf(scene).id, note: "the month is closed" });
      await agentTries(scene);
      return askAgent(scene);
    },
  },
  {
    id: "agent-key-revoked",
    symptom: "agent_fails",
    expect: cause("key_revoked"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      const { id, keyId } = agentOf(scene);
      await revokeAgentKey(scene.ctx, { agent: id, key: keyId });
      await agentTries(scene);
      return askAgent(scene);
    },
  },
  {
    id: "agent-over-budget",
    symptom: "agent_fails",
    expect: cause("budget_exhausted"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet, { priced: true });
      await updateAgentBudget(scene.ago(600), { agent: agentOf(scene).id, monthlyCapMicros: "8000" });
      await scene.caller({ as: "agent" }).repeat(12, "search_tickets");
      await agentTries(scene);
      return askAgent(scene);
    },
  },
  {
    // Its owner raised the cap, and it has not come back yet.
    id: "agent-was-over-budget",
    symptom: "agent_fails",
    expect: cause("budget_exhausted"),
    async inject(fleet) {
      const scene = await workingAgent(fleet, { priced: true });
      const agent = agentOf(scene).id;
      await updateAgentBudget(scene.ago(600), { agent, monthlyCapMicros: "8000" });
      await scene.caller({ as: "agent" }).repeat(16, "search_tickets");
      await updateAgentBudget(scene.ctx, { agent, monthlyCapMicros: "9000000" });
      return scene.ask({ agent });
    },
  },
  {
    id: "agent-loop-paused",
    symptom: "agent_fails",
    expect: cause("loop"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await updateAgentBudget(scene.ago(600), { agent: agentOf(scene).id, loopCallsPerMinuteMax: 10 });
      await scene.caller({ as: "agent" }).repeat(30, "get_ticket", () => ({ query: "T-1" }));
      await agentTries(scene);
      return askAgent(scene);
    },
  },
  {
    id: "server-switched-off",
    symptom: "agent_fails",
    expect: cause("server_inactive"),
    async inject(fleet) {
      const scene = await workingAgent(fleet, { kind: "hosted" });
      await ended(scene.ctx, deactivateServer(scene.ctx, { server: scene.server.id }));
      await agentTries(scene);
      return askAgent(scene);
    },
  },
];
