/**
 * Checks a server on this edge, step by step: does its name resolve, is the certificate good, does a request for its URL
 * arrive, does it run, does it list its tools. Every step is bounded, and says what to do.
 */
export { createHostingCheck, type RunHostingCheck } from "./hosting-check.ts";
export type { ToolExpectations } from "./tools-step.ts";
