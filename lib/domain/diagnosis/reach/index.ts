/** "Did it reach us?": how far each client came on its way to a tool call. */
export { getReach } from "./get-reach.ts";
export { reachOf } from "./reach-of.ts";
