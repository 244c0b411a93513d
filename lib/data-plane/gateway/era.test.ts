import { describe, expect, it } from "vitest";
import { decideEra } from "./era.ts";
import { type InboundBody, readMessages } from "./messages.ts";

const META = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
const body = (...messages: object[]): InboundBody => {
  const items = messages.map((message) => ({ jsonrpc: "2.0", id: 1, ...message }));
  const read = readMessages(Buffer.from(JSON.stringify(items.length === 1 ? items[0] : items)));
  if ("code" in read) throw new Error(read.message);
  return read;
};
const call = { method: "tools/call", params: { name: "echo", _meta: META } };
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString("base64")}?=`;

describe("decideEra", () => {
  it("believes the body: _meta makes it modern, initialize and everything else legacy", () => {
    expect(decideEra(body(call), {})).toEqual({ era: "modern" });
    expect(decideEra(body({ method: "initialize" }), {})).toEqual({ era: "legacy" });
    expect(decideEra(body({ method: "tools/list" }), {})).toEqual({ era: "legacy" });
    expect(decideEra(body({ method: "tools/list" }), { "mcp-protocol-version": "2025-06-18" })).toEqual({
      era: "legacy",
    });
  });

  it("leaves a modern header without _meta to the server, as a modern message", () => {
    expect(decideEra(body({ method: "tools/list" }), { "mcp-protocol-version": "2026-07-28" })).toEqual({
      era: "modern",
    });
  });

  it("accepts headers that agree, in plain text or base64, and missing ones", () => {
    const agree = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "echo" };
    expect(decideEra(body(call), agree)).toEqual({ era: "modern" });
    expect(decideEra(body(call), { ...agree, "mcp-name": base64("echo") })).toEqual({ era: "modern" });
    expect(decideEra(body(call), { "mcp-protocol-version": "2026-07-28" })).toEqual({ era: "modern" });
  });

  it.each([
    { "mcp-protocol-version": "2025-11-25" },
    { "mcp-method": "tools/list" },
    { "mcp-name": "delete_everything" },
    { "mcp-name": base64("delete_everything") },
    { "mcp-name": "=?base64?%%%?=" },
    { "mcp-method": "tools/call, tools/list" },
  ])("refuses %j, which contradicts the body", (headers) => {
    expect(decideEra(body(call), headers)).toMatchObject({ code: -32020 });
  });

  it("refuses initialize under a modern version", () => {
    const headers = { "mcp-protocol-version": "2026-07-28" };
    expect(decideEra(body({ method: "initialize" }), headers)).toMatchObject({ code: -32020 });
  });

  it("allows a batch only where the specification still had it", () => {
    const batch = body({ method: "tools/list" }, { method: "ping", id: 2 });
    expect(decideEra(batch, {})).toEqual({ era: "legacy" });
    expect(decideEra(batch, { "mcp-protocol-version": "2025-03-26" })).toEqual({ era: "legacy" });
    expect(decideEra(batch, { "mcp-protocol-version": "2025-06-18" })).toMatchObject({ code: -32600 });
    expect(decideEra(batch, { "mcp-protocol-version": "2026-07-28" })).toMatchObject({ code: -32600 });
    expect(decideEra(body(call, { method: "ping", id: 2 }), {})).toMatchObject({ code: -32600 });
  });
});
