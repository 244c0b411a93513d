import type { CommandSpec } from "./command.ts";

const AGENT = { name: "agent" };
const KEY = { name: "key" };

/** The commands about agents; an agent is named by its id or its name. */
export const AGENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["agents", "list"],
    summary: "List the agents with the last 24 hours and what they spent this month",
    args: [],
    options: {},
    load: async () => (await import("./commands/agents.ts")).agentsList,
  },
  {
    path: ["agents", "get"],
    summary: "Show one agent and the servers it may call",
    args: [AGENT],
    options: {},
    load: async () => (await import("./commands/agents.ts")).agentsGet,
  },
  {
    path: ["agents", "create"],
    summary: "Make an agent; it may call nothing until it has a key and servers",
    args: [{ name: "name" }],
    options: { description: { type: "string", value: "text", summary: "What it does" } },
    load: async () => (await import("./commands/agents.ts")).agentsCreate,
  },
  {
    path: ["agents", "pause"],
    summary: "Deny all its calls, within two seconds",
    args: [AGENT],
    options: { note: { type: "string", value: "text", summary: "Why, for whoever resumes it" } },
    load: async () => (await import("./commands/agents.ts")).agentsPause,
  },
  {
    path: ["agents", "resume"],
    summary: "Let a paused agent call again",
    args: [AGENT],
    options: {},
    load: async () => (await import("./commands/agents.ts")).agentsResume,
  },
  {
    path: ["agents", "attach"],
    summary: "Let an agent call a server",
    args: [AGENT, { name: "server" }],
    options: {},
    load: async () => (await import("./commands/agents-servers.ts")).agentsAttach,
  },
  {
    path: ["agents", "detach"],
    summary: "Take a server from an agent",
    args: [AGENT, { name: "server" }],
    options: {},
    load: async () => (await import("./commands/agents-servers.ts")).agentsDetach,
  },
  {
    path: ["agents", "tools"],
    summary: "List what an agent may call, and why the rest is missing",
    args: [AGENT],
    options: { missing: { type: "boolean", summary: "Only what is missing" } },
    load: async () => (await import("./commands/agents-tools.ts")).agentsTools,
  },
  {
    path: ["agents", "keys", "list"],
    summary: "List the keys of an agent, newest first",
    args: [AGENT],
    options: {},
    load: async () => (await import("./commands/agents-keys.ts")).agentsKeysList,
  },
  {
    path: ["agents", "keys", "create"],
    summary: "Make a key and print its secret, this once",
    args: [AGENT],
    options: {
      name: { type: "string", value: "name", summary: "What the key is for" },
      expires: { type: "string", value: "time", summary: "When it ends, e.g. 2027-01-01T00:00:00Z" },
    },
    load: async () => (await import("./commands/agents-keys.ts")).agentsKeysCreate,
  },
  {
    path: ["agents", "keys", "rotate"],
    summary: "Make a key in place of another one and print its secret, this once",
    args: [AGENT, KEY],
    options: {
      overlap: { type: "string", value: "hours", summary: "How long the old key works yet (default 24)" },
    },
    load: async () => (await import("./commands/agents-keys.ts")).agentsKeysRotate,
  },
  {
    path: ["agents", "keys", "revoke"],
    summary: "Revoke a key by its id",
    args: [AGENT, KEY],
    options: {},
    load: async () => (await import("./commands/agents-keys.ts")).agentsKeysRevoke,
  },
  {
    path: ["agents", "budget"],
    summary: "Show or change what an agent may spend in a month",
    args: [AGENT],
    options: {
      cap: { type: "string", value: "usd", summary: "Of the whole agent, e.g. 25.00, or none" },
      "user-cap": {
        type: "string",
        value: "usd",
        summary: "Of each end user, or of the one in --user; or none",
      },
      user: { type: "string", value: "name", summary: "The end user whose own cap --user-cap is" },
      "anonymous-cap": {
        type: "string",
        value: "usd",
        summary: "Of all users who are not told apart; or none",
      },
      "session-cap": { type: "string", value: "usd", summary: "Of each session; or none" },
      pause: { type: "boolean", summary: "Deny all its calls" },
      resume: { type: "boolean", summary: "Let it call again" },
      check: { type: "boolean", summary: "Exit 7 when it is paused or nothing remains" },
    },
    load: async () => (await import("./commands/agents-budget.ts")).agentsBudget,
  },
];
