/** The one port of the product: sends MCP to the gateway, viewers to the log stream and the rest to the web process. */
export { createFrontDoor, type FrontDoor, type FrontDoorOptions } from "./front-door.ts";
export { createReadiness, type PartCheck, type ReadinessReport } from "./readiness.ts";
export { createWebProxy, type WebProxy, type WebProxyOptions } from "./web-proxy.ts";
