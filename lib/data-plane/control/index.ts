/** How our other processes talk to the edge: trial starts, refreshes and live status over a unix socket. */
export { type ControlServer, type ControlServerOptions, startControlServer } from "./control-server.ts";
export type { ListTools } from "./verify-bundle.ts";
