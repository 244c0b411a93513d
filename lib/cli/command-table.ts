import { AGENT_COMMANDS } from "./agent-commands.ts";
import { BILLING_COMMANDS } from "./billing-commands.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { DEPLOYMENT_COMMANDS } from "./deployment-commands.ts";
import { DRAIN_COMMANDS } from "./drain-commands.ts";
import { GATEWAY_COMMANDS } from "./gateway-commands.ts";
import { INCIDENT_COMMANDS } from "./incident-commands.ts";
import { LOG_COMMANDS } from "./log-commands.ts";
import { OUTPUT_FORMATS } from "./output.ts";
import { USAGE_COMMANDS } from "./usage-commands.ts";

/** What every command takes. */
export const GLOBAL_OPTIONS = {
  json: { type: "boolean", summary: "The same as --output json" },
  output: {
    type: "string",
    short: "o",
    value: "format",
    choices: OUTPUT_FORMATS,
    summary: "table, json or yaml (or MCPSTACK_OUTPUT)",
  },
  org: { type: "string", value: "slug", summary: "Organization, by slug or id (or MCPSTACK_ORG_ID)" },
  "api-url": { type: "string", value: "url", summary: "Where MCP Stack runs (or MCPSTACK_API_URL)" },
  help: { type: "boolean", short: "h", summary: "Show what a command takes" },
} as const satisfies Record<string, OptionSpec>;

const SERVER = { name: "server" };

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    path: ["login"],
    summary: "Sign in with an API token and remember it",
    args: [],
    options: {
      token: { type: "string", value: "token", summary: "The token; safer on standard input or when asked" },
    },
    load: async () => (await import("./commands/login.ts")).login,
  },
  {
    path: ["logout"],
    summary: "Forget the stored token",
    args: [],
    options: {},
    load: async () => (await import("./commands/logout.ts")).logout,
  },
  {
    path: ["auth", "status"],
    summary: "Show who you are, where, and by which credential",
    args: [],
    options: {},
    load: async () => (await import("./commands/auth-status.ts")).authStatus,
  },
  {
    path: ["servers", "list"],
    summary: "List the servers with the last 24 hours",
    args: [],
    options: {},
    load: async () => (await import("./commands/servers-list.ts")).serversList,
  },
  {
    path: ["servers", "get"],
    summary: "Show one server",
    args: [SERVER],
    options: {},
    load: async () => (await import("./commands/servers-get.ts")).serversGet,
  },
  {
    path: ["servers", "checks"],
    summary: "Check name, certificate, routing, runtime and tools in every region; exits 3 when one fails",
    args: [SERVER],
    options: {
      history: { type: "boolean", summary: "List earlier checks instead of running one" },
    },
    load: async () => (await import("./commands/servers-checks.ts")).serversChecks,
  },
  {
    path: ["smoke", "tools-list"],
    summary: "List the tools in a real MCP session; exits 3 when that fails",
    args: [SERVER],
    options: {
      era: {
        type: "string",
        value: "era",
        choices: ["auto", "modern", "legacy"],
        summary: "Speak only this protocol era (default: auto asks the server)",
      },
      as: { type: "string", value: "agent", summary: "What this agent would see, by id or name" },
    },
    load: async () => (await import("./commands/smoke-tools-list.ts")).smokeToolsList,
  },
  {
    path: ["smoke", "call"],
    summary: "Call one tool in a real MCP session; exits 3 when it fails",
    args: [SERVER, { name: "tool" }],
    options: {
      args: { type: "string", value: "json", summary: "Arguments as a JSON object, or - for standard input" },
      as: { type: "string", value: "agent", summary: "What this agent would meet, by id or name" },
    },
    load: async () => (await import("./commands/smoke-call.ts")).smokeCall,
  },
  ...LOG_COMMANDS,
  {
    path: ["operations", "list"],
    summary: "List publishes, activations and deactivations, newest first",
    args: [SERVER],
    options: {},
    load: async () => (await import("./commands/operations-list.ts")).operationsList,
  },
  {
    path: ["operations", "get"],
    summary: "Show one operation with its steps",
    args: [SERVER, { name: "operation" }],
    options: {},
    load: async () => (await import("./commands/operations-get.ts")).operationsGet,
  },
  ...DEPLOYMENT_COMMANDS,
  ...GATEWAY_COMMANDS,
  ...AGENT_COMMANDS,
  ...USAGE_COMMANDS,
  ...DRAIN_COMMANDS,
  ...BILLING_COMMANDS,
  ...INCIDENT_COMMANDS,
  {
    path: ["completion"],
    summary: "Print a completion script for bash, zsh or fish",
    args: [{ name: "shell" }],
    options: {},
    load: async () => (await import("./commands/completion.ts")).completion,
  },
];
