/** The live log stream over WebSockets: who may watch, and for how long. The lines come from the hub. */
export type { AccessVerdict, Authorize, Credentials } from "./access.ts";
export {
  createLogStreamServer,
  type LogStreamServer,
  type LogStreamServerOptions,
} from "./log-stream-server.ts";
