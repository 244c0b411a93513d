import { cause, type Fault } from "../fault.ts";
import { openScene } from "../scene.ts";
import { appTries, workingDesk } from "./calls.ts";

export const SLOW_FAULTS: readonly Fault[] = [
  {
    id: "upstream-slow",
    symptom: "slow",
    expect: cause("upstream_slow"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
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
      const scene = await workingDesk(fleet, { kind: "hosted" });
      scene.api.behaviour.delayMs = 1_500;
      await scene.caller().repeat(24, "get_ticket", undefined, 12);
      return scene.ask();
    },
  },
  {
    // Its module computes for seconds when it starts, and it starts again and again.
    id: "starts-again-and-again",
    symptom: "slow",
    expect: cause("cold_start"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted", traits: { startMs: 700 } });
      await scene.past({ calls: 60 });
      for (let turn = 0; turn < 6; turn++) {
        await fleet.system.doors.runtime.restart(scene.server.id);
        await scene.caller().repeat(2, "search_tickets", undefined, 2);
      }
      return scene.ask();
    },
  },
  {
    id: "answers-grew",
    symptom: "slow",
    expect: cause("large_payload"),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
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
      const scene = await openScene(fleet, { kind: "hosted", traits: { spinMs: 60 } });
      await scene.past({ calls: 60, durationMs: 60 });
      await scene.caller().repeat(60, "search_tickets", undefined, 30);
      return scene.ask();
    },
  },
];
