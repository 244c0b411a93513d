import type { System } from "#lib/domain/access/index.ts";
import { readPlanFile, syncPlans } from "#lib/domain/plans/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Job } from "./run-jobs.ts";

/** Takes over what the operator wrote into the file of plans, soon after it changed. None without a file. */
export function planJobs(system: System, plansFile: string | null): readonly Job[] {
  if (plansFile === null) return [];
  return [
    {
      name: "plans",
      everyMs: limits.jobs.plansEveryMs,
      async run() {
        const plans = await readPlanFile(plansFile);
        const actor = { kind: "system", name: "plans" } as const;
        const made = await syncPlans({ system, actor, requestId: system.ids.id("req") }, plans);
        return made.length > 0 ? { made } : undefined;
      },
    },
  ];
}
