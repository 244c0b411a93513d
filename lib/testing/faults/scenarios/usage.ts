import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { createGatewayKey } from "#lib/domain/gateways/index.ts";
import { updateServer } from "#lib/domain/servers/index.ts";
import { cause, type Fault } from "../fault.ts";
import { openScene } from "../scene.ts";
import { agentOf, workingAgent } from "./agent.ts";

export const USAGE_FAULTS: readonly Fault[] = [
  {
    id: "agent-loops",
    symptom: "usage_spike",
    expect: cause("loop"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await scene.past({ calls: 40 });
      await scene.caller().repeat(20, "search_tickets");
      await scene.caller({ as: "agent" }).repeat(150, "get_ticket", () => ({ query: "T-1" }), 6);
      return scene.ask();
    },
  },
  {
    // Nobody guards against loops; what was said is kept, so that the repetition can be seen.
    id: "agent-loops-unguarded",
    symptom: "usage_spike",
    expect: cause("loop"),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await scene.past({ calls: 40 });
      await updateServer(scene.ago(600), { server: scene.server.id, recordBodies: true });
      await updateAgentBudget(scene.ago(600), { agent: agentOf(scene).id, loopCallsPerMinuteMax: null });
      await scene.refresh();
      await scene.caller().repeat(20, "search_tickets");
      await scene.caller({ as: "agent" }).repeat(200, "get_ticket", () => ({ query: "T-1" }), 6);
      return scene.ask();
    },
  },
  {
    id: "widget-went-live",
    symptom: "usage_spike",
    expect: cause("embed_traffic"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 40 });
      const embed = await createGatewayKey(scene.ago(600), {
        gateway: scene.gateway?.id ?? "",
        name: "Widget of the shop",
        use: "embed",
      });
      await scene.caller().repeat(20, "search_tickets");
      await scene
        .caller({ credential: embed.secret, clientName: "shop-widget" })
        .repeat(200, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    id: "new-client",
    symptom: "usage_spike",
    expect: cause("new_client"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 40 });
      await scene.caller().repeat(20, "search_tickets");
      await scene.caller({ clientName: "nightly-export" }).repeat(200, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    // The upstream fails now and then, and the app asks again at once, many times.
    id: "retries-pile-up",
    symptom: "usage_spike",
    expect: cause("retry_storm"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 40 });
      await scene.caller().repeat(10, "get_ticket");
      scene.desk.behaviour.status.calls = 503;
      const app = scene.caller();
      for (let ticket = 0; ticket < 30; ticket++)
        await app.repeat(8, "get_ticket", () => ({ query: `T-${ticket}` }), 2);
      return scene.ask();
    },
  },
  {
    id: "everybody-calls-more",
    symptom: "usage_spike",
    expect: cause("growth"),
    async inject(fleet) {
      const scene = await openScene(fleet, { agent: true });
      const clients = ["desk-app", "desk-web", "desk-phone"];
      for (const client of clients) await scene.past({ calls: 25, client });
      await scene.past({ calls: 25, byAgent: true });
      for (const clientName of clients)
        await scene.caller({ clientName }).repeat(75, "search_tickets", undefined, 6);
      await scene.caller({ as: "agent" }).repeat(75, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
];
