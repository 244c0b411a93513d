/**
 * The log canary of one edge: code of our own that runs like any hosted server and writes a few numbered lines a minute.
 * What becomes of them — at a viewer, in the store — tells how late, how complete and how ordered the whole path is.
 */
export { canaryMayWatch, canaryServer, loadingCanary, withCanary } from "./canary-server.ts";
export { createLogCanary, type LogCanaryRunner } from "./create-log-canary.ts";
