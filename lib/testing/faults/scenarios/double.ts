import { detachAgentServer, pauseAgent, resumeAgent } from "#lib/domain/agents/index.ts";
import { grantCredits } from "#lib/domain/billing/index.ts";
import { updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { createGatewayKey, revokeGatewayKey, updateGateway } from "#lib/domain/gateways/index.ts";
import { expireDue } from "#lib/domain/ledger/index.ts";
import { causes, type Fault } from "../fault.ts";
import { FAST_MS } from "../history.ts";
import type { Scene } from "../scene.ts";
import { agentOf, agentTries, workingAgent } from "./agent.ts";
import { appTries, workingDesk } from "./calls.ts";
import { payingDesk } from "./credits.ts";

/** Another app with a key of its own, which is revoked while it works. */
async function revokedPartner(scene: Scene): Promise<void> {
  const gateway = scene.gateway?.id ?? "";
  const key = await createGatewayKey(scene.ago(600), { gateway, name: "Partner" });
  await revokeGatewayKey(scene.ctx, { gateway, key: key.id });
  await scene.caller({ credential: key.secret, clientName: "partner" }).repeat(10, "search_tickets");
}

/** Two things go wrong at once: each must be named. */
export const DOUBLE_FAULTS: readonly Fault[] = [
  {
    id: "key-revoked-and-upstream-breaks",
    symptom: null,
    expect: causes(["key_revoked"], ["upstream_errors"]),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      scene.desk.behaviour.status.calls = 500;
      await appTries(scene);
      await revokedPartner(scene);
      return scene.ask();
    },
  },
  {
    id: "agent-paused-and-upstream-gone",
    symptom: "agent_fails",
    expect: causes(["agent_paused"], ["upstream_down"]),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await pauseAgent(scene.ctx, { agent: agentOf(scene).id, note: "maintenance" });
      await scene.desk.close();
      await agentTries(scene);
      await appTries(scene, "search_tickets");
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    id: "agent-detached-and-handler-missing",
    symptom: "agent_fails",
    expect: causes(["agent_not_attached"], ["handler_missing"]),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await detachAgentServer(scene.ctx, { agent: agentOf(scene).id, server: scene.server.id });
      scene.desk.behaviour.tools.get_ticket = { isUnhandled: true };
      await agentTries(scene, "get_ticket");
      await appTries(scene);
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    id: "budget-empty-and-upstream-slow",
    symptom: "agent_fails",
    expect: causes(["budget_exhausted"], ["upstream_slow"]),
    async inject(fleet) {
      const scene = await workingAgent(fleet, { priced: true, durationMs: FAST_MS });
      await scene.past({ calls: 60, durationMs: FAST_MS });
      await updateAgentBudget(scene.ago(600), { agent: agentOf(scene).id, monthlyCapMicros: "8000" });
      scene.desk.behaviour.tools.get_ticket = { delayMs: 1_500 };
      await scene.caller({ as: "agent" }).repeat(12, "search_tickets");
      await agentTries(scene);
      await scene.caller().repeat(24, "get_ticket", undefined, 12);
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
  {
    // What is over comes after what still breaks.
    id: "agent-was-paused-and-upstream-gone",
    symptom: "agent_fails",
    expect: causes(["upstream_down"], ["agent_paused"]),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      const agent = agentOf(scene).id;
      await pauseAgent(scene.ctx, { agent, note: "maintenance" });
      await agentTries(scene);
      await resumeAgent(scene.ctx, { agent });
      await scene.desk.close();
      await agentTries(scene);
      return scene.ask({ agent });
    },
  },
  {
    id: "rate-limit-and-nothing-presented",
    symptom: null,
    expect: causes(["rate_limited"], ["credentials_missing"]),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await updateGateway(scene.ago(300), { gateway: scene.gateway?.id ?? "", callsPerMinuteMax: 10 });
      await appTries(scene, "search_tickets", 30);
      await scene.caller({ credential: undefined, clientName: "other-app" }).repeat(12, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "bad-version-and-key-revoked",
    symptom: null,
    expect: causes(["bad_deployment"], ["key_revoked"]),
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await scene.publish("1.1.0", { throwsIn: "get_ticket" });
      await appTries(scene, "get_ticket", 12);
      await revokedPartner(scene);
      return scene.ask();
    },
  },
  {
    id: "agent-spends-more-and-credits-expired",
    symptom: "credits_drop",
    expect: causes(["hosted_agent_use"], ["credits_expired"]),
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      const expiresAt = new Date(Date.now() - 3 * 60_000).toISOString();
      const promo = { kind: "promo" as const, reason: "trial", expiresAt };
      await grantCredits(scene.ago(1_000), { amountMicros: "300000", ...promo });
      const { database, ids, clock } = fleet.system;
      await expireDue(database, clock.nowMs(), ids);
      await scene.caller({ as: "agent" }).repeat(300, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    id: "loop-and-new-client",
    symptom: "usage_spike",
    expect: causes(["loop"], ["new_client"]),
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await scene.past({ calls: 40 });
      await scene.caller().repeat(20, "search_tickets");
      await scene.caller({ as: "agent" }).repeat(150, "get_ticket", () => ({ query: "T-1" }), 6);
      await scene.caller({ clientName: "nightly-export" }).repeat(150, "search_tickets", undefined, 6);
      return scene.ask();
    },
  },
  {
    id: "api-key-refused-and-key-unknown",
    symptom: "call_fails",
    expect: causes(["upstream_auth"], ["key_unknown"]),
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      scene.api.behaviour.key = "desk-2";
      await appTries(scene);
      const wrong = `${scene.key?.secret.slice(0, -4)}AAAA`;
      await scene.caller({ credential: wrong, clientName: "other-app" }).repeat(12, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "schema-changed-and-agent-over-budget",
    symptom: "agent_fails",
    expect: causes(["budget_exhausted"], ["schema_mismatch"]),
    async inject(fleet) {
      const scene = await workingAgent(fleet, { priced: true });
      scene.desk.behaviour.tools.get_ticket = { requires: "ticketId" };
      await scene.caller({ as: "agent" }).repeat(8, "get_ticket");
      await updateAgentBudget(scene.ago(600), { agent: agentOf(scene).id, monthlyCapMicros: "8000" });
      await scene.caller({ as: "agent" }).repeat(14, "search_tickets");
      return scene.ask({ agent: agentOf(scene).id });
    },
  },
];
