/** How the regions that serve a server are, how near it came to the plan's caps, and why its runtimes ended. */
export { getHostingHealth, readCaps, readCrashes, readRegions } from "./get-hosting-health.ts";
