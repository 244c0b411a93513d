import type { CommandSpec, OptionSpec } from "./command.ts";

const text = (value: string, summary: string): OptionSpec => ({ type: "string", value, summary });
const WINDOW = {
  from: text("time", "Not before this time: 24h, 7d or 2026-03-01T12:00:00Z"),
  to: text("time", "Before this time"),
};
const FILTER: Readonly<Record<string, OptionSpec>> = {
  category: {
    ...text("category", "purchases, usage or adjustments"),
    choices: ["purchases", "usage", "adjustments"],
  },
  agent: text("agent", "Only use of this agent, by id or name; none for use without one"),
  ...WINDOW,
};
const commands = () => import("./commands/billing.ts");

/** The commands about credits. Amounts are exact; --json has them as decimal strings of micro-USD. */
export const BILLING_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["billing", "balance"],
    summary: "Show the credits, how long they last, and whether the books balance",
    args: [],
    options: {},
    load: async () => (await commands()).billingBalance,
  },
  {
    path: ["billing", "ledger"],
    summary: "List what moved credits, newest first",
    args: [],
    options: {
      page: text("number", "Page, counted from 1"),
      limit: text("count", "Rows per page (default 50)"),
      cursor: text("cursor", "Go on where a page ended"),
      ...FILTER,
    },
    load: async () => (await commands()).billingLedger,
  },
  {
    path: ["billing", "export"],
    summary: "Write the ledger to standard output",
    args: [],
    options: {
      format: { ...text("format", "csv (default) or ndjson"), choices: ["csv", "ndjson"] },
      ...FILTER,
    },
    load: async () => (await commands()).billingExport,
  },
  {
    path: ["billing", "forecast"],
    summary: "Show how long the credits last at this pace",
    args: [],
    options: {},
    load: async () => (await commands()).billingForecast,
  },
  {
    path: ["billing", "statements"],
    summary: "List the statements by month, UTC",
    args: [],
    options: {},
    load: async () => (await commands()).billingStatements,
  },
  {
    path: ["billing", "explain"],
    summary: "Show why there are more or fewer credits than before, biggest change first",
    args: [],
    options: WINDOW,
    load: async () => (await commands()).billingExplain,
  },
  {
    path: ["billing", "grants"],
    summary: "List credits that came in, and what is left of them",
    args: [],
    options: {},
    load: async () => (await commands()).billingGrants,
  },
  {
    path: ["billing", "grant"],
    summary: 'Give credits by hand: billing grant 25.00 --reason "Pilot"',
    args: [{ name: "usd" }],
    options: {
      reason: text("text", "Why; stands in the ledger"),
      expires: text("time", "When what is left goes"),
    },
    load: async () => (await commands()).billingGrant,
  },
  {
    path: ["billing", "reconcile"],
    summary: "Check the books now; exits 3 when they do not balance",
    args: [],
    options: {},
    load: async () => (await commands()).billingReconcile,
  },
];
