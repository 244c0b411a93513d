import { expect, it } from "vitest";
import type { AgentListItem } from "#lib/contract/index.ts";
import { viewOfAgents } from "./agent-list-filter.ts";

const agent = (name: string, part: Partial<AgentListItem> = {}): AgentListItem => ({
  id: `agt_${name}`,
  name,
  description: "",
  status: "active",
  pause: null,
  serverCount: 1,
  keyCount: 1,
  createdBy: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  calls24h: 0,
  errors24h: 0,
  spentMicros: "0",
  capMicros: null,
  lastCallAt: null,
  ...part,
});
const ALL = { text: "", status: "all", sort: "name", direction: "asc" } as const;
const names = (agents: AgentListItem[]) => agents.map(({ name }) => name);

it("sorts by what was spent exactly, also where numbers would call two amounts equal", () => {
  const agents = [
    agent("less", { spentMicros: "9007199254740992" }),
    agent("more", { spentMicros: "9007199254740993" }),
    agent("least", { spentMicros: "9" }),
  ];
  expect(names(viewOfAgents(agents, { ...ALL, sort: "spent", direction: "desc" }))).toEqual([
    "more",
    "less",
    "least",
  ]);
});

it("puts agents that never called last, whichever way they are sorted", () => {
  const agents = [agent("never"), agent("called", { lastCallAt: "2026-01-02T00:00:00.000Z" })];
  for (const direction of ["asc", "desc"] as const)
    expect(names(viewOfAgents(agents, { ...ALL, sort: "last", direction }))).toEqual(["called", "never"]);
});

it("finds by every word in name, id or description, and by status", () => {
  const agents = [
    agent("Support bot", { description: "answers tickets" }),
    agent("Batch", { status: "paused" }),
  ];
  expect(names(viewOfAgents(agents, { ...ALL, text: "tickets BOT" }))).toEqual(["Support bot"]);
  expect(names(viewOfAgents(agents, { ...ALL, status: "paused" }))).toEqual(["Batch"]);
  expect(viewOfAgents(agents, { ...ALL, text: "batch nothing" })).toEqual([]);
});
