import { describe, expect, it } from "vitest";
import { failureKindOf } from "./failures.ts";

describe("what kind of failure words speak of", () => {
  it.each([
    ["protocol_error", "Tool get_tickets not found"],
    ["tool_error", "MCP error -32602: Tool get_tickets not found"],
    ["tool_error", "Unknown tool: get_tickets"],
    ["protocol_error", "unknown tool 'get_tickets'"],
    ["protocol_error", "Tool not found: get_tickets"],
    ["protocol_error", "tool 'get_tickets' not found"],
    ["protocol_error", 'Tool "a.b/c-d" does not exist'],
    ["protocol_error", "Tool get_tickets disabled"],
    ["protocol_error", "Method not found"],
  ])("%s “%s”: there is no such tool", (outcome, message) => {
    expect(failureKindOf(outcome, message, true)).toBe("unknown_tool");
  });

  it.each([
    "Tool call failed: ticket 17 not found",
    "Error executing tool get_ticket: the customer does not exist",
    "HTTP 501 Not Implemented",
    "The tool could not find it: file does not exist",
  ])("“%s”: the tool is there and did not find something else", (message) => {
    expect(failureKindOf("tool_error", message, true)).not.toBe("unknown_tool");
  });

  it.each([
    ["API answered 401", "authorization"],
    ["The API said 403", "authorization"],
    ["Request failed with status code 401", "authorization"],
    ["HTTP 503 from the ticket API", "upstream_error"],
    ["Request failed with status code 502", "upstream_error"],
    ["ticket 403 is closed", "code"],
    ["it took 500 ms and 504 rows", "code"],
    ["the build server crashed", "code"],
  ])("“%s” of a tool is %s: a number is a status where something says so", (message, kind) => {
    expect(failureKindOf("tool_error", message, true)).toBe(kind);
  });

  it("a connected server that cannot reach something answered itself", () => {
    expect(failureKindOf("tool_error", "connect ECONNREFUSED 10.0.0.7:5432", false)).toBe("upstream_error");
    expect(failureKindOf("upstream_error", "The upstream server refused the connection.", false)).toBe(
      "unreachable",
    );
  });
});
