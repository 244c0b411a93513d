import { scopesOfRole } from "#lib/domain/access/index.ts";
import { updateServer } from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { Fault } from "../fault.ts";
import { openScene } from "../scene.ts";
import { agentOf, workingAgent } from "./agent.ts";
import { appTries, workingDesk } from "./calls.ts";
import { payingDesk } from "./credits.ts";

/** What would tell cannot be seen. */
export const WITHHELD: readonly Fault[] = [
  {
    id: "no-calls-and-no-probe",
    symptom: "agent_fails",
    expect: "abstained",
    isReduced: true,
    async inject(fleet) {
      const scene = await openScene(fleet, { agent: true });
      return scene.ask({ agent: agentOf(scene).id, probe: false });
    },
  },
  {
    // Calls fail, and nothing of them is kept.
    id: "nothing-kept-and-no-probe",
    symptom: "call_fails",
    expect: "abstained",
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await scene.settled();
      await updateServer(scene.ago(300), { server: scene.server.id, retentionDays: 0 });
      await scene.refresh();
      scene.desk.behaviour.tools.close_ticket = { error: "no" };
      await appTries(scene, "close_ticket", 10);
      return scene.ask({ tool: "close_ticket", probe: false });
    },
  },
  {
    id: "money-of-others",
    symptom: "credits_drop",
    expect: "abstained",
    async inject(fleet) {
      const scene = await payingDesk(fleet);
      await scene.caller({ as: "agent" }).repeat(200, "search_tickets", undefined, 6);
      const scopes = new Set([...scopesOfRole("developer")].filter((scope) => !scope.startsWith("billing:")));
      return scene.ask({}, { ...scene.ctx, role: "developer", scopes });
    },
  },
  {
    // Of before the history begins.
    id: "too-long-ago",
    symptom: "call_fails",
    expect: "abstained",
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      const at = new Date(Date.now() - 20 * 24 * 3_600_000).toISOString();
      return scene.ask({ at, probe: false });
    },
  },
  {
    // Neither the edges nor the ways of our own checks can be reached, and nobody called.
    id: "doors-cut",
    symptom: "agent_fails",
    expect: "abstained",
    async inject(fleet) {
      const scene = await workingAgent(fleet);
      await scene.settled();
      const cut = (): never => {
        throw new DomainError("unavailable", "The way to the data plane is cut.");
      };
      const { doors } = scene.ctx;
      const runtime = { ...doors.runtime, status: cut, hostingCheck: cut, crashes: cut };
      // The window is one in which nobody called yet.
      const at = new Date(Date.now() - 3 * 3_600_000).toISOString();
      const ctx = { ...scene.ctx, doors: { ...doors, runtime, internalMcp: cut, agentMcp: cut } };
      return scene.ask({ agent: agentOf(scene).id, at }, ctx);
    },
  },
];
