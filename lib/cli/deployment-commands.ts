import type { CommandSpec } from "./command.ts";

const SERVER = { name: "server" };
const WAIT = { wait: { type: "boolean", summary: "--no-wait answers as soon as it is queued" } } as const;
const operate = async () => (await import("./commands/servers-operate.ts")).serversOperate;

/** What brings code to a server, and decides what serves. */
export const DEPLOYMENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["deploy"],
    summary: "Upload a directory or one ES module as a new version and publish it; exits 3 when a gate fails",
    args: [{ name: "path" }],
    options: {
      server: { type: "string", value: "slug", summary: "The server" },
      version: { type: "string", value: "semver", summary: "The version; default: that of package.json" },
      create: { type: "boolean", summary: "Make the server when it is missing" },
      publish: { type: "boolean", summary: "--no-publish only uploads" },
      ...WAIT,
    },
    load: async () => (await import("./commands/deploy.ts")).deploy,
  },
  {
    path: ["servers", "create"],
    summary: "Make a server: a hosted one, or with --upstream one that runs elsewhere",
    args: [{ name: "slug" }],
    options: {
      name: { type: "string", value: "text", summary: "What people call it; default: the slug" },
      description: { type: "string", value: "text", summary: "What it is for" },
      upstream: { type: "string", value: "url", summary: "The MCP URL of a server that runs elsewhere" },
    },
    load: async () => (await import("./commands/servers-create.ts")).serversCreate,
  },
  {
    path: ["servers", "publish"],
    summary: "Make a version the one that serves; exits 3 when a gate fails, and the old one goes on",
    args: [SERVER, { name: "version" }],
    options: WAIT,
    load: async () => (await operate())("publish"),
  },
  {
    path: ["servers", "rollback"],
    summary: "Go back to a version that served; without one, to that before the present one",
    args: [SERVER, { name: "version", isOptional: true }],
    options: WAIT,
    load: async () => (await operate())("rollback"),
  },
  {
    path: ["servers", "restart"],
    summary: "Start fresh processes; the old ones finish their calls",
    args: [SERVER],
    options: WAIT,
    load: async () => (await operate())("restart"),
  },
  {
    path: ["servers", "activate"],
    summary: "Let a server answer, if it passes its gate",
    args: [SERVER],
    options: WAIT,
    load: async () => (await operate())("activate"),
  },
  {
    path: ["servers", "deactivate"],
    summary: "Stop a server from answering; calls in flight are drained",
    args: [SERVER],
    options: WAIT,
    load: async () => (await operate())("deactivate"),
  },
  {
    path: ["operations", "watch"],
    summary: "Show the steps of an operation as they happen; without one, of the newest",
    args: [SERVER, { name: "operation", isOptional: true }],
    options: {},
    load: async () => (await import("./commands/operations-watch.ts")).operationsWatch,
  },
];
