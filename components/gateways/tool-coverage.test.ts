import { describe, expect, it } from "vitest";
import { ToolPattern } from "#lib/contract/index.ts";
import {
  covered,
  isToolPattern,
  type KnownTools,
  toolsOfNobody,
  unmatchedPatterns,
} from "./tool-coverage.ts";

const desk: KnownTools = {
  serverId: "srv_desk",
  serverName: "Desk",
  tools: ["get_ticket", "list_tickets", "refund_ticket"],
};
const silent: KnownTools = { serverId: "srv_silent", serverName: "Silent", tools: null };

describe("which tools grants cover", () => {
  it("takes a pattern as the gateway does", () => {
    expect(covered(["get_*", "list_tickets"], desk.tools ?? [])).toEqual(["get_ticket", "list_tickets"]);
    expect(covered([], desk.tools ?? [])).toEqual([]);
  });

  it("names what nobody may call, also through grants for all servers", () => {
    const all = { serverId: null, tools: ["get_*"] };
    const here = { serverId: "srv_desk", tools: ["list_*"] };
    const elsewhere = { serverId: "srv_other", tools: ["*"] };
    expect(toolsOfNobody(desk, [all, here, elsewhere])).toEqual(["refund_ticket"]);
    expect(toolsOfNobody(desk, [])).toEqual(desk.tools);
    expect(toolsOfNobody(desk, [{ serverId: null, tools: ["*"] }])).toEqual([]);
  });

  it("warns of a pattern that matches nothing, but not while some tools are unknown", () => {
    expect(unmatchedPatterns(["get_*", "gte_*", "*"], [desk])).toEqual(["gte_*"]);
    expect(unmatchedPatterns(["gte_*"], [desk, silent])).toEqual([]);
    expect(unmatchedPatterns(["gte_*"], [])).toEqual([]);
  });

  it.each(["", "a b", "é", "a".repeat(201), "\n"])(
    "refuses as a pattern what the API refuses: %j",
    (text) => {
      expect(isToolPattern(text)).toBe(false);
      expect(ToolPattern.safeParse(text).success).toBe(false);
    },
  );

  it.each(["*", "get_*", "a".repeat(200)])("takes %j", (text) => {
    expect(isToolPattern(text)).toBe(true);
    expect(ToolPattern.safeParse(text).success).toBe(true);
  });
});
