import { expect, test } from "vitest";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import { usageRowHref } from "./usage-href.ts";

const window = { from: "2026-03-09T13:00:00.000Z", to: "2026-03-10T13:00:00.000Z" };
const now = { calls: 3 } as Parameters<typeof usageRowHref>[2]["now"];
const href = (
  by: Parameters<typeof usageRowHref>[1]["by"],
  key: string,
  serverSlug: string | null,
  filters = {},
) => usageRowHref("acme", { window, by }, { key, serverSlug, now }, filters);

test("a row leads to the calls in the log of their server, in the same window, under the same filters", () => {
  const url = new URL(href("tool", "get ticket", "support", { client: "claude" }) ?? "", "http://x");
  expect(url.pathname).toBe("/acme/servers/support/logs");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    window: "custom",
    ...window,
    method: "tools/call",
    tool: "get ticket",
    client: "claude",
  });
});

test("calls that went to several servers are shown by server first", () => {
  const url = new URL(href("tool", "search", null, { agent: "agt_1" }) ?? "", "http://x");
  expect(url.pathname).toBe("/acme/usage");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    tool: "search",
    agent: "agt_1",
    by: "server",
  });
});

test("what has no calls of its own leads nowhere", () => {
  expect(href("tool", OTHER_NAMES, null)).toBeNull();
  expect(href("server", "", null)).toBeNull();
  expect(
    usageRowHref("acme", { window, by: "tool" }, { key: "x", serverSlug: "s", now: { ...now, calls: 0 } }),
  ).toBeNull();
});
