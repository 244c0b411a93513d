import type { CommandSpec } from "./command.ts";

const DRAIN = { name: "drain" };

/** The commands about log drains; a drain is named by its id or its name. */
export const DRAIN_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["drains", "list"],
    summary: "List where logs are sent on to, and how each drain is",
    args: [],
    options: {},
    load: async () => (await import("./commands/drains-list.ts")).drainsList,
  },
  {
    path: ["drains", "get"],
    summary: "Show one log drain and what its sink did not take",
    args: [DRAIN],
    options: {},
    load: async () => (await import("./commands/drains-get.ts")).drainsGet,
  },
  {
    path: ["drains", "test"],
    summary: "Send one test line to the sink, now; exits 3 when it is not taken",
    args: [DRAIN],
    options: {},
    load: async () => (await import("./commands/drains-test.ts")).drainsTest,
  },
];
