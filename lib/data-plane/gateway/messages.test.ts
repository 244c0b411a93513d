import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessages } from "./messages.ts";

const read = (value: unknown) =>
  readMessages(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));

describe("readMessages", () => {
  it("reads what the gateway acts on", () => {
    const params = {
      name: "echo",
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "inspector", version: "2" },
      },
    };
    expect(read({ jsonrpc: "2.0", id: 1, method: "tools/call", params })).toEqual({
      isBatch: false,
      messages: [
        {
          kind: "request",
          id: 1,
          method: "tools/call",
          tool: "echo",
          subject: "echo",
          metaVersion: "2026-07-28",
          client: { name: "inspector", version: "2" },
          cancels: null,
          endUser: null,
          agentSession: null,
          toolArguments: undefined,
        },
      ],
    });
  });

  it.each([
    ["", -32700],
    ["{", -32700],
    ["not json", -32700],
    ['{"jsonrpc":"2.0","id":1,"method":"a"} x', -32700],
    ["[]", -32600],
    ["null", -32600],
    ['"text"', -32600],
    ["{}", -32600],
    ['{"jsonrpc":"1.0","id":1,"method":"a"}', -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"a"}', -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"a"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":""}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":7}', -32600],
    ['{"jsonrpc":"2.0","id":1}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"result":{},"Method":"tools/call","Params":{"name":"b"}}', -32600],
    ['[{"jsonrpc":"2.0","id":1,"method":"tools/call","param\u017f":{"name":"b"}}]', -32600],
    ['{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}}', -32600],
    ['[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":1,"method":"tools/call"}]', -32600],
    [`[${Array(51).fill('{"jsonrpc":"2.0","method":"a"}').join()}]`, -32600],
    ["[".repeat(100_000), -32700],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, -32600],
  ])("refuses %.60s with %i", (text, code) => {
    expect(read(text)).toMatchObject({ code });
  });

  it('tells 1 from "1" in a batch, and answers of the client from its requests', () => {
    const batch = [
      { jsonrpc: "2.0", id: 1, method: "a" },
      { jsonrpc: "2.0", id: "1", method: "a" },
      { jsonrpc: "2.0", id: 1, result: {} },
    ];
    expect(read(batch)).toMatchObject({ isBatch: true, messages: [{ id: 1 }, { id: "1" }, { id: 1 }] });
  });

  it("refuses bytes that are not UTF-8, which parsers repair differently", () => {
    const body = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'),
      Buffer.of(0xff),
      Buffer.from('"}'),
    ]);
    expect(readMessages(body)).toMatchObject({ code: -32700 });
  });

  it("never throws, whatever arrives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readMessages(Buffer.from(bytes))),
    );
    fc.assert(fc.property(fc.json(), (text) => void read(text)));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        (id, params) => void read({ jsonrpc: "2.0", method: "m", id, params }),
      ),
    );
  });
});
