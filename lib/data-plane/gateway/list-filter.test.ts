import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { createCall } from "./calls.ts";
import type { Exchange } from "./exchange.ts";
import { listFilterFor } from "./list-filter.ts";

const requestOf = (id: string | number, method: string) =>
  createCall(
    "call",
    "request",
    {
      kind: "request",
      id,
      method,
      tool: null,
      subject: null,
      metaVersion: null,
      client: null,
      cancels: null,
      endUser: null,
      agentSession: null,
      toolArguments: undefined,
    },
    1,
  );
const exchangeOf = (
  methods: string[],
  toolFilter: Exchange["toolFilter"] = (tool) => tool.startsWith("read_"),
): Exchange =>
  ({
    server: { kind: "hosted" },
    toolFilter,
    calls: methods.map((method, index) => requestOf(index + 1, method)),
  }) as unknown as Exchange;
const listening = { ...exchangeOf([]), calls: [createCall("call", "listen", null, 0)] } as Exchange;

const JSON_ANSWER = {
  status: 200,
  contentType: "application/json; charset=utf-8",
  length: -1,
};
const EVENTS = { ...JSON_ANSWER, contentType: "text/event-stream" };
const tool = (name: unknown) => ({ name, description: "é漢🔑", inputSchema: { type: "object" } });
const listOf = (id: string | number, ...names: unknown[]) => ({
  jsonrpc: "2.0",
  id,
  result: { tools: names.map(tool), nextCursor: "page-2" },
});

/** What passes of `text` when it comes in pieces of `size` bytes. */
function pass(exchange: Exchange, answer: typeof JSON_ANSWER, text: string, size = 1 << 20): string {
  const filter = listFilterFor(exchange, answer);
  if (!filter) return text;
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const passed = filter.push(bytes.subarray(at, at + size));
    if (passed) out.push(passed);
  }
  const rest = filter.end();
  if (rest) out.push(rest);
  return Buffer.concat(out).toString("utf8");
}

describe("a list of tools in JSON", () => {
  it("loses what the caller may not use, and keeps its cursor and everything else", () => {
    const text = JSON.stringify(listOf(1, "read_a", "write_b", "read_c"));
    for (const size of [1, 7, 1 << 20]) {
      expect(JSON.parse(pass(exchangeOf(["tools/list"]), JSON_ANSWER, text, size))).toEqual(
        listOf(1, "read_a", "read_c"),
      );
    }
  });

  it("is filtered in every item of a batch that asked for it, and nowhere else", () => {
    const exchange = exchangeOf(["tools/list", "tools/call", "tools/list"]);
    const batch = [listOf(3, "write_b"), listOf(2, "write_b"), listOf(1, "read_a", "write_b")];
    expect(JSON.parse(pass(exchange, JSON_ANSWER, JSON.stringify(batch)))).toEqual([
      listOf(3),
      listOf(2, "write_b"),
      listOf(1, "read_a"),
    ]);
  });

  it("is filtered in a batch that uses its id twice, whichever of the two is the list", () => {
    for (const methods of [
      ["ping", "tools/list"],
      ["tools/list", "ping"],
    ]) {
      const exchange = exchangeOf(methods);
      exchange.calls = methods.map((method) => requestOf(1, method));
      const batch = [{ jsonrpc: "2.0", id: 1, result: {} }, listOf(1, "read_a", "write_b")];
      expect(pass(exchange, JSON_ANSWER, JSON.stringify(batch))).not.toContain("write_b");
    }
  });

  it("loses entries that are no tools, and lists under an id that nobody asked with", () => {
    const odd = {
      jsonrpc: "2.0",
      id: "other",
      result: { tools: ["write_b", null, tool(7), tool("read_a")] },
    };
    expect(JSON.parse(pass(exchangeOf(["tools/list"]), JSON_ANSWER, JSON.stringify(odd)))).toMatchObject({
      result: { tools: [tool("read_a")] },
    });
  });

  it("passes errors and results without tools as they are", () => {
    for (const answer of [
      { jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } },
      { jsonrpc: "2.0", id: 1, result: {} },
      5,
      null,
    ]) {
      expect(JSON.parse(pass(exchangeOf(["tools/list"]), JSON_ANSWER, JSON.stringify(answer)))).toEqual(
        answer,
      );
    }
  });

  it("leaves no second reading: of two equal keys only the filtered one passes", () => {
    const text = `{"jsonrpc":"2.0","id":1,"result":{"tools":[${JSON.stringify(tool("write_b"))}]},"result":{"tools":[]}}`;
    expect(pass(exchangeOf(["tools/list"]), JSON_ANSWER, text)).not.toContain("write_b");
  });

  it("becomes an error when it cannot be read, is of another kind, or is too large, and never passes", () => {
    const exchange = exchangeOf(["tools/list"]);
    expect(() => pass(exchange, JSON_ANSWER, '{"result":{"tools":[')).toThrow("could not be read");
    expect(() => listFilterFor(exchange, { ...JSON_ANSWER, contentType: "text/plain" })).toThrow(
      "could not be read",
    );
    const bytesMax = limits.gateways.filteredListBytesMax;
    expect(() => listFilterFor(exchange, { ...JSON_ANSWER, length: bytesMax + 1 })).toThrow("larger than");
    const many = listOf(1, ...Array(limits.gateways.filteredToolsMax + 1).fill("a"));
    expect(() => pass(exchange, JSON_ANSWER, JSON.stringify(many))).toThrow("more than");
    const filter = listFilterFor(exchange, JSON_ANSWER);
    expect(() => {
      for (let sent = 0; sent <= bytesMax; sent += 1 << 20)
        expect(filter?.push(Buffer.alloc(1 << 20, 32))).toBeNull();
    }).toThrow("larger than");
  });
});

describe("a list of tools in an event stream", () => {
  const list = listOf(1, "read_a", "write_b");
  const filtered = JSON.stringify(listOf(1, "read_a"));

  it.each(["\n", "\r\n", "\r"])(
    "is filtered between events that pass byte for byte (line ends %j)",
    (end) => {
      const before = `\ufeff: hello${end}${end}id: 1${end}data: ${end}${end}event: message${end}data: {"jsonrpc":"2.0","method":"notifications/é"}${end}${end}`;
      const after = `id: 3${end}data: not json${end}${end}`;
      const pretty = JSON.stringify(list, null, 1)
        .split("\n")
        .map((line) => `data: ${line}${end}`)
        .join("");
      const text = `${before}id: 2${end}event: message${end}${pretty}${end}${after}`;
      for (const size of [1, 2, 3, 64, 1 << 20]) {
        const passed = pass(exchangeOf(["tools/list"]), EVENTS, text, size);
        expect(passed).toBe(`${before}id: 2\nevent: message\ndata: ${filtered}\n\n${after}`);
      }
    },
  );

  it("is filtered when its event is the first and begins with a byte order mark", () => {
    expect(pass(exchangeOf(["tools/list"]), EVENTS, `\ufeffdata: ${JSON.stringify(list)}\n\n`)).toContain(
      filtered,
    );
  });

  it("becomes an error when only lenient clients could read it", () => {
    const lenient = JSON.stringify(list).replace('"object"', "NaN");
    for (const exchange of [exchangeOf(["tools/list"]), listening])
      expect(() => pass(exchange, EVENTS, `data: ${lenient}\n\n`)).toThrow("could not be read");
  });

  it("is filtered on the stream that a legacy client resumes", () => {
    expect(pass(listening, EVENTS, `id: 9\ndata: ${JSON.stringify(list)}\n\n`)).toBe(
      `id: 9\ndata: ${filtered}\n\n`,
    );
  });

  it("passes events as they end, and never one that has not ended or is too large", () => {
    const filter = listFilterFor(exchangeOf(["tools/list"]), EVENTS);
    expect(filter?.push(Buffer.from(": ping\n\ndata: half"))?.toString()).toBe(": ping\n\n");
    expect(filter?.end()).toBeNull();
    expect(() => {
      for (let sent = 0; sent <= limits.gateways.filteredListBytesMax; sent += 1 << 20)
        filter?.push(Buffer.alloc(1 << 20, 97));
    }).toThrow("larger than");
  });
});

describe("everything else", () => {
  it("is not held back: callers without a filter, other methods, refusals, empty answers", () => {
    expect(listFilterFor(exchangeOf(["tools/list"], null), JSON_ANSWER)).toBeNull();
    expect(listFilterFor(exchangeOf(["tools/call"]), JSON_ANSWER)).toBeNull();
    expect(listFilterFor(exchangeOf(["tools/call"]), EVENTS)).toBeNull();
    expect(
      listFilterFor(exchangeOf(["tools/list"]), { ...JSON_ANSWER, status: 404, contentType: "text/plain" }),
    ).toBeNull();
    expect(listFilterFor(exchangeOf(["tools/list"]), { ...JSON_ANSWER, length: 0 })).toBeNull();
  });
});
