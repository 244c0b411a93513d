import type { CommandSpec } from "./command.ts";

const GATEWAY = { name: "gateway" };

/** The commands about gateways; a gateway is named by its id or its name. */
export const GATEWAY_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["gateways", "list"],
    summary: "List the gateways with the last 24 hours",
    args: [],
    options: {},
    load: async () => (await import("./commands/gateways-list.ts")).gatewaysList,
  },
  {
    path: ["gateways", "get"],
    summary: "Show one gateway and the servers behind it",
    args: [GATEWAY],
    options: {},
    load: async () => (await import("./commands/gateways-get.ts")).gatewaysGet,
  },
  {
    path: ["gateways", "logs"],
    summary: "Show what a gateway decided, newest first",
    args: [GATEWAY],
    options: {
      denied: { type: "boolean", summary: "Only what was denied" },
      reason: { type: "string", value: "reason", summary: "Only this reason, e.g. grant_missing_for_tool" },
      server: { type: "string", value: "slug", summary: "Only this server" },
      principal: { type: "string", value: "who", summary: "Only this caller, as the log shows it" },
      tool: { type: "string", value: "name", summary: "Only calls of this tool" },
      since: { type: "string", value: "time", summary: "Not before: 15m, 2h, 1d ago, or a time" },
      page: { type: "string", value: "number", summary: "Page, counted from 1" },
      limit: { type: "string", value: "count", summary: "Rows per page (default 50)" },
    },
    load: async () => (await import("./commands/gateways-logs.ts")).gatewaysLogs,
  },
  {
    path: ["gateways", "doctor"],
    summary: "Walk each public URL as a client would; exits 3 when something fails",
    args: [GATEWAY],
    options: {
      credential: {
        type: "string",
        value: "key",
        summary: "A key or access token to go in with, or - for standard input; not stored",
      },
    },
    load: async () => (await import("./commands/gateways-doctor.ts")).gatewaysDoctor,
  },
  {
    path: ["gateways", "grants", "list"],
    summary: "List who may call which tools",
    args: [GATEWAY],
    options: {},
    load: async () => (await import("./commands/gateways-grants-list.ts")).gatewaysGrantsList,
  },
  {
    path: ["gateways", "keys", "list"],
    summary: "List the keys of a gateway, newest first",
    args: [GATEWAY],
    options: {},
    load: async () => (await import("./commands/gateways-keys-list.ts")).gatewaysKeysList,
  },
  {
    path: ["gateways", "keys", "create"],
    summary: "Make a key and print its secret, this once",
    args: [GATEWAY],
    options: {
      name: { type: "string", value: "name", summary: "What the key is for" },
      expires: { type: "string", value: "time", summary: "When it ends, e.g. 2027-01-01T00:00:00Z" },
    },
    load: async () => (await import("./commands/gateways-keys-create.ts")).gatewaysKeysCreate,
  },
  {
    path: ["gateways", "keys", "revoke"],
    summary: "Revoke a key by its id",
    args: [GATEWAY, { name: "key" }],
    options: {},
    load: async () => (await import("./commands/gateways-keys-revoke.ts")).gatewaysKeysRevoke,
  },
];
