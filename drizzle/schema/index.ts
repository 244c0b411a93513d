/** The database's shape: one file per aggregate. */
export * from "./agents.ts";
export * from "./alerts.ts";
export * from "./audit.ts";
export * from "./billing.ts";
export * from "./facts.ts";
export * from "./gateways.ts";
export * from "./incidents.ts";
export * from "./ledger.ts";
export * from "./logs.ts";
export * from "./nodes.ts";
export * from "./organizations.ts";
export * from "./servers.ts";
