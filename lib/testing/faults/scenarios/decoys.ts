import { updateAgent } from "#lib/domain/agents/index.ts";
import { createGatewayKey, revokeGatewayKey } from "#lib/domain/gateways/index.ts";
import { updateServerConfig } from "#lib/domain/servers/index.ts";
import type { Fault } from "../fault.ts";
import { openScene } from "../scene.ts";
import { agentOf, agentTries, workingAgent } from "./agent.ts";
import { comeWith, signedInDesk } from "./auth.ts";
import { appTries, workingDesk } from "./calls.ts";
import { payingDesk } from "./credits.ts";

/** Something conspicuous happens, and nothing is wrong. */
export const DECOYS: readonly Fault[] = [
  {
    id: "harmless-setting",
    symptom: "call_fails",
    expect: "healthy",
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await updateServerConfig(scene.ctx, { server: scene.server.id, environment: { GREETING: "hello" } });
      await scene.refresh();
      await appTries(scene);
      return scene.ask({ tool: "get_ticket" });
    },
  },
  {
    id: "good-version",
    symptom: "one_region_or_version",
    expect: "healthy",
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await scene.publish("1.1.0");
      await appTries(scene, "get_ticket", 12);
      return scene.ask();
    },
  },
  {
    // A tool says no as often as it always did: it was asked for tickets that do not exist.
    id: "usual-refusals-of-a-tool",
    symptom: "call_fails",
    expect: "healthy",
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 60 });
      const error = "the ticket does not exist";
      await scene.past({ calls: 12, outcome: "tool_error", error, tools: ["close_ticket"] });
      await appTries(scene, "get_ticket", 40);
      scene.desk.behaviour.tools.close_ticket = { error };
      await scene.caller().repeat(8, "close_ticket");
      return scene.ask();
    },
  },
  {
    // Scanners try doors all day; everybody who has a key comes in.
    id: "a-stranger-at-the-door",
    symptom: null,
    expect: "healthy",
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await appTries(scene, "search_tickets", 40);
      await scene.caller({ credential: undefined, clientName: "scanner" }).call("search_tickets");
      return scene.ask();
    },
  },
  {
    id: "always-slow",
    symptom: "slow",
    expect: "healthy",
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 60 });
      scene.desk.behaviour.tools.get_ticket = { delayMs: 1_800 };
      await scene.caller().repeat(30, "get_ticket", undefined, 10);
      return scene.ask();
    },
  },
  {
    id: "as-many-calls-as-before",
    symptom: "usage_spike",
    expect: "healthy",
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 60 });
      await scene.caller().repeat(60, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    id: "spends-as-before",
    symptom: "credits_drop",
    expect: "healthy",
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      await scene.caller({ as: "agent" }).repeat(20, "search_tickets");
      await scene.caller().repeat(20, "search_tickets");
      return scene.ask();
    },
  },
  {
    // The old key is gone and nobody uses it any more.
    id: "keys-rotated-in-order",
    symptom: "auth_burst",
    expect: "healthy",
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      const gateway = scene.gateway?.id ?? "";
      const fresh = await createGatewayKey(scene.ctx, { gateway, name: "The desk's app, new" });
      await scene.caller({ credential: fresh.secret }).repeat(10, "search_tickets");
      await revokeGatewayKey(scene.ctx, { gateway, key: scene.key?.id ?? "" });
      await scene.caller({ credential: fresh.secret }).repeat(20, "search_tickets");
      return scene.ask();
    },
  },
  {
    // A small server whose client learns from a refusal that its token is over, and brings a new one.
    id: "tokens-renewed-late",
    symptom: null,
    expect: "healthy",
    isReduced: true,
    async inject(fleet) {
      const scene = await signedInDesk(fleet);
      await comeWith(scene, { exp: Math.floor(Date.now() / 1_000) - 600 }, 4);
      await comeWith(scene, {}, 8);
      return scene.ask();
    },
  },
  {
    id: "a-tool-more",
    symptom: "agent_fails",
    expect: "healthy",
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      scene.desk.behaviour.tools.reopen_ticket = {};
      await agentTries(scene, "get_ticket", 10);
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    id: "agent-renamed",
    symptom: "agent_fails",
    expect: "healthy",
    async inject(fleet) {
      const scene = await workingAgent(fleet, { priced: true });
      await updateAgent(scene.ctx, { agent: agentOf(scene).id, description: "Answers tickets by night." });
      await agentTries(scene, "search_tickets", 10);
      return scene.ask({ agent: agentOf(scene).id, tool: "search_tickets" });
    },
  },
];
