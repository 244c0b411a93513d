import { rawRequest, toolCall } from "../../mcp/index.ts";
import { cause, type Fault } from "../fault.ts";
import { REGIONS } from "../fleet.ts";
import { FAST_MS } from "../history.ts";
import { openScene } from "../scene.ts";
import { appTries, workingDesk } from "./calls.ts";

export const SLOW_FAULTS: readonly Fault[] = [
  {
    id: "upstream-slow",
    symptom: "slow",
    expect: cause("upstream_slow"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet, { durationMs: FAST_MS });
      scene.desk.behaviour.tools.get_ticket = { delayMs: 1_500 };
      await scene.caller().repeat(24, "get_ticket", undefined, 12);
      return scene.ask();
    },
  },
  {
    id: "api-slow",
    symptom: "slow",
    expect: cause("upstream_slow"),
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted", durationMs: FAST_MS });
      scene.api.behaviour.delayMs = 1_500;
      await scene.caller().repeat(24, "get_ticket", undefined, 12);
      return scene.ask();
    },
  },
  {
    // Nobody called for hours, so its runtime is gone; its module computes for seconds when it starts.
    id: "starts-slowly",
    symptom: "slow",
    expect: cause("cold_start"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted", traits: { startMs: 2_000 }, isCold: true });
      await scene.past({ calls: 60, durationMs: FAST_MS });
      for (const region of REGIONS) {
        // Clients that know the server from before, so that they begin with their call.
        const headers = {
          authorization: `Bearer ${scene.key?.secret}`,
          "mcp-protocol-version": "2025-06-18",
        };
        const body = toolCall(1, "search_tickets", {});
        const asked = Array.from({ length: 10 }, () =>
          rawRequest(scene.url("gateway", region), { headers, body }),
        );
        for (const answer of await Promise.all(asked)) scene.sent(answer);
      }
      await scene.caller().call("search_tickets");
      return scene.ask();
    },
  },
  {
    id: "answers-grew",
    symptom: "slow",
    expect: cause("large_payload"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      await scene.past({ calls: 60, durationMs: 12 });
      scene.desk.behaviour.tools.get_ticket = { bytes: 6_000_000 };
      await appTries(scene, "get_ticket", 24);
      return scene.ask();
    },
  },
  {
    // Every call keeps the one processor of its runtime busy, and many come at once.
    id: "calls-queue",
    symptom: "slow",
    expect: cause("queueing"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted", traits: { spinMs: 150 } });
      await scene.past({ calls: 60, durationMs: 60 });
      await scene.caller().repeat(60, "search_tickets", undefined, 30);
      return scene.ask();
    },
  },
];
