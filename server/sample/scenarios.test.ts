import { expect, it } from "vitest";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";
import { agentConversations, nextPartnerScenario, nextScenario, READ_ONLY_TOOLS } from "./scenarios.ts";

it("uses all fourteen tools, reads far more than it writes, and now and then asks for what is not there", () => {
  const counts = new Map<string, number>();
  let missing = 0;
  for (let step = 0; step < 5_000; step++) {
    const { tool, arguments: args } = nextScenario(() => Math.random());
    counts.set(tool, (counts.get(tool) ?? 0) + 1);
    if (args.ticketId === "T-9999") missing += 1;
  }
  expect(counts.size).toBe(14);
  expect(missing).toBeGreaterThan(20);
  expect(counts.get("refund_ticket") ?? 0).toBeLessThan((counts.get("get_ticket") ?? 0) / 3);
});

it("always answers something, also at the ends of chance", () => {
  expect(nextScenario(() => 0).tool).toBe("search_tickets");
  expect(nextScenario(() => 1).tool).toBe("ticket_stats");
});

it("a partner asks for what the gateway lets everybody call, and rarely for more, which it knows", () => {
  let denied = 0;
  for (let step = 0; step < 2_000; step++) {
    const { tool, isDenied = false } = nextPartnerScenario(() => Math.random());
    expect(READ_ONLY_TOOLS.some((pattern) => matchesToolPattern(pattern, tool))).toBe(!isDenied);
    if (isDenied) denied += 1;
  }
  expect(denied).toBeGreaterThan(100);
  expect(denied).toBeLessThan(500);
  expect(nextPartnerScenario(() => 1).tool).toBe("list_agents");
});

it("an agent works through conversations of one end user each, with names that no later start repeats", () => {
  const start = (startedMs: number) => {
    const next = agentConversations({
      endUsers: ["ann", null],
      callsMax: 5,
      startedMs,
      mayWrite: false,
      random: Math.random,
    });
    return Array.from({ length: 400 }, next);
  };
  const users = new Map<string, Set<string | undefined>>();
  const calls = start(1);
  for (const { session = "", endUser } of calls)
    users.set(session, (users.get(session) ?? new Set()).add(endUser));
  expect(users.size).toBeGreaterThan(50);
  expect(new Set(calls.map(({ endUser }) => endUser))).toEqual(new Set(["ann", undefined]));
  expect([...users.values()].every(({ size }) => size === 1)).toBe(true);
  for (const session of users.keys())
    expect(calls.filter((call) => call.session === session).length).toBeLessThanOrEqual(5);
  expect(start(2).some(({ session = "" }) => users.has(session))).toBe(false);
});
