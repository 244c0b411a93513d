/** The live log stream over WebSockets: who may watch, and for how long. The lines come from the hub. */
export type { Authorize } from "./access.ts";
export { createLogStreamServer, type LogStreamServer } from "./log-stream-server.ts";
