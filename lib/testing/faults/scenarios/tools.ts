import { runToolsListSmoke } from "#lib/domain/checks/index.ts";
import { listGrants, updateGrant } from "#lib/domain/gateways/index.ts";
import { cause, type Fault } from "../fault.ts";
import { agentOf, agentTries, workingAgent } from "./agent.ts";
import { appTries, workingDesk } from "./calls.ts";

/** What happens to tools while agents use them. */
export const TOOL_FAULTS: readonly Fault[] = [
  {
    id: "argument-became-required",
    symptom: "agent_fails",
    expect: cause("schema_mismatch"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      scene.desk.behaviour.tools.get_ticket = { requires: "ticketId" };
      await scene.caller({ as: "agent" }).repeat(8, "get_ticket");
      return scene.ask({ agent: agentOf(scene).id, tool: "get_ticket" });
    },
  },
  {
    // The agent listed again, and does without it what it was told to do with it.
    id: "tool-removed",
    symptom: "agent_fails",
    expect: cause("tool_removed"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      delete scene.desk.behaviour.tools.get_ticket;
      await runToolsListSmoke(scene.ctx, { server: scene.server.id });
      await agentTries(scene, "get_ticket");
      return scene.ask({ agent: agentOf(scene).id, tool: "get_ticket" });
    },
  },
  {
    id: "tool-that-never-was",
    symptom: "agent_fails",
    expect: cause("tool_unknown"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await agentTries(scene, "get_tickets", 8);
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    id: "tool-that-never-was-hosted",
    symptom: "call_fails",
    expect: cause("tool_unknown"),
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await appTries(scene, "getTickets", 12);
      await scene.caller({ era: "legacy" }).repeat(4, "getTickets");
      return scene.ask();
    },
  },
  {
    // The grants name what the server has: adding this name to them would help nobody.
    id: "tool-that-never-was-without-grant",
    symptom: "agent_fails",
    expect: cause("tool_unknown"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      const gateway = scene.gateway?.id ?? "";
      const [grant] = await listGrants(scene.ctx, { gateway });
      const tools = ["search_tickets", "get_ticket", "close_ticket"];
      await updateGrant(scene.ago(300), { gateway, grant: grant?.id ?? "", tools });
      await agentTries(scene, "get_tickets", 8);
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    // The agent listed before the tool got another name, and never since.
    id: "list-kept-too-long",
    symptom: "agent_fails",
    expect: cause("client_cached_list"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      const agent = scene.caller({ as: "agent" });
      await agent.list();
      await agent.call("get_ticket");
      const { get_ticket: tool = {}, ...others } = scene.desk.behaviour.tools;
      scene.desk.behaviour.tools = { ...others, fetch_ticket: tool };
      await runToolsListSmoke(scene.ctx, { server: scene.server.id });
      await agent.repeat(8, "get_ticket");
      return scene.ask({ agent: agentOf(scene).id, tool: "get_ticket" });
    },
  },
];
