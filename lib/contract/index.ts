/** The wire: one Zod schema per body. REST handlers, the browser, the CLI and OpenAPI all derive from it. */
export * from "./call-timeline.ts";
export * from "./checks.ts";
export * from "./common.ts";
export * from "./decisions.ts";
export * from "./deployments.ts";
export * from "./gateways.ts";
export * from "./hosting-checks.ts";
export * from "./log-drains.ts";
export * from "./log-stream.ts";
export * from "./logs.ts";
export * from "./organizations.ts";
export * from "./requests.ts";
export * from "./servers.ts";
