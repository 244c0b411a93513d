/** How our other processes talk to the edge: trial starts, refreshes and live status over a unix socket. */
export { startControlServer } from "./control-server.ts";
