import type { RoleName, StartRole } from "./role.ts";

/** The start function of a role; its code is loaded only in the process that runs it. */
export async function loadRole(name: RoleName): Promise<StartRole> {
  switch (name) {
    case "edge":
      return (await import("./edge.ts")).startEdge;
    case "web":
      return (await import("./web.ts")).startWeb;
    case "jobs":
      return (await import("./jobs.ts")).startJobs;
    case "sample":
      return (await import("./sample.ts")).startSample;
  }
}
