import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnswers } from "./answers.ts";
import { JsonSkim } from "./json-skim.ts";

function skim(text: string, cut = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text);
  const reader = new JsonSkim();
  for (let at = 0; at < bytes.length; at += cut)
    reader.push(bytes.subarray(at, Math.min(bytes.length, at + cut)));
  return reader.end();
}

describe("JsonSkim", () => {
  it("finds the outcome of a response that is too large to parse", () => {
    const content = [{ type: "text", text: "x".repeat(300_000) }];
    const ok = JSON.stringify({ jsonrpc: "2.0", id: 7, result: { content } });
    expect(skim(ok, 65_536)).toMatchObject({ id: 7, outcome: "ok" });
    const failed = JSON.stringify({ result: { content, isError: true }, jsonrpc: "2.0", id: "a" });
    expect(skim(failed, 65_536)).toMatchObject({ id: "a", outcome: "tool_error" });
    const error = JSON.stringify({ id: 1, error: { code: -32602, message: "no such tool", data: content } });
    expect(skim(error, 65_536)).toMatchObject({
      outcome: "protocol_error",
      rpcErrorCode: -32602,
      error: "no such tool",
    });
  });

  it("is not fooled by the same words deeper inside or within texts", () => {
    const tricky = JSON.stringify({
      id: 1,
      result: { content: [{ isError: true }], structuredContent: { isError: true }, note: '"isError":true' },
    });
    expect(skim(tricky)).toMatchObject({ outcome: "ok" });
  });

  it("agrees with a full parse on any response, however it is cut", () => {
    const response = fc.record(
      {
        jsonrpc: fc.constant("2.0"),
        id: fc.oneof(fc.integer(), fc.string()),
        extra: fc.jsonValue(),
        result: fc.record(
          { content: fc.jsonValue(), isError: fc.boolean(), other: fc.jsonValue() },
          { requiredKeys: [] },
        ),
        error: fc.record(
          { code: fc.integer(), message: fc.string(), data: fc.jsonValue() },
          { requiredKeys: ["code"] },
        ),
      },
      { requiredKeys: ["jsonrpc", "id"] },
    );
    fc.assert(
      fc.property(response, fc.integer({ min: 1, max: 9 }), fc.boolean(), (value, cut, isPretty) => {
        const text = JSON.stringify(value, null, isPretty ? 2 : 0);
        const [answer] = readAnswers(value);
        const skimmed = skim(text, cut);
        if (!answer) expect(skimmed).toBeNull();
        // The tool's own text is not looked for in a body of this size.
        else
          expect(skimmed).toEqual({
            ...answer,
            error: answer.outcome === "tool_error" ? null : answer.error,
          });
      }),
      { numRuns: 500 },
    );
  });
});
