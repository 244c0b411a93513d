import type { CommandSpec, OptionSpec } from "./command.ts";

const text = (value: string, summary: string): OptionSpec => ({ type: "string", value, summary });

const WINDOW_OPTIONS = {
  window: text("length", "How far back: 24h (default), 7d, 30d"),
  from: text("time", "Not before this time: 2h, 7d ago, or a time"),
  to: text("time", "Before this time"),
};
const COMPARE: OptionSpec = {
  ...text("with", "previous (default), day, week or none"),
  choices: ["previous", "day", "week", "none"],
};
const FILTER_OPTIONS = {
  server: text("slug", "Only this server, by slug or id"),
  tool: text("name", "Only calls of this tool"),
  agent: text("agent", "Only this agent, by id or name, or none"),
  client: text("name", "Only this MCP client, or none"),
  source: {
    ...text("source", "Only agent, embed, external, dashboard or smoke"),
    choices: ["agent", "embed", "external", "dashboard", "smoke"],
  },
  region: text("name", "Only this region"),
  outcome: text("outcome", "Only calls that ended so, e.g. timeout"),
};

/** The commands about what is used. The longer paths first: the first that fits is meant. */
export const USAGE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["usage", "quota"],
    summary: "Show how near use comes to the caps of the plan; --check exits 7 at a cap",
    args: [],
    options: { ...WINDOW_OPTIONS, check: { type: "boolean", summary: "Exit 7 when a cap stops something" } },
    load: async () => (await import("./commands/usage-quota.ts")).usageQuota,
  },
  {
    path: ["usage", "export"],
    summary: "Write use by the hour to standard output",
    args: [],
    options: {
      ...WINDOW_OPTIONS,
      ...FILTER_OPTIONS,
      by: text("dimensions", "server (default), tool, agent, client, source, region, outcome; with commas"),
      format: { ...text("format", "csv (default) or ndjson"), choices: ["csv", "ndjson"] },
    },
    load: async () => (await import("./commands/usage-export.ts")).usageExport,
  },
  {
    path: ["usage"],
    summary: "Show what was called, by what, and how it changed",
    args: [],
    options: {
      ...WINDOW_OPTIONS,
      ...FILTER_OPTIONS,
      by: {
        ...text("dimension", "server (default), tool, agent, client, source, region or outcome"),
        choices: ["server", "tool", "agent", "client", "source", "region", "outcome"],
      },
      compare: COMPARE,
    },
    load: async () => (await import("./commands/usage.ts")).usage,
  },
  {
    path: ["agents", "usage"],
    summary: "Show what an agent called and spent, and its month (UTC) so far",
    args: [{ name: "agent" }],
    options: {
      ...WINDOW_OPTIONS,
      by: {
        ...text("dimension", "tool (default), server, client or outcome"),
        choices: ["tool", "server", "client", "outcome"],
      },
      compare: COMPARE,
    },
    load: async () => (await import("./commands/usage-of-agent.ts")).agentsUsage,
  },
];
