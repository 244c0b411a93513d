import { expect, it } from "vitest";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";
import { nextPartnerScenario, nextScenario, READ_ONLY_TOOLS } from "./scenarios.ts";

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
