import { describe, expect, it } from "vitest";
import { HOSTILE_LINES } from "#lib/testing/hostile-lines.ts";
import { bodyValue, readMessage } from "./message-text.ts";

describe("a recorded message", () => {
  it("is its JSON value where it is whole, and the text that it is where it was cut", () => {
    expect(readMessage('{"id":1,"result":{"ok":true}}')).toEqual({
      kind: "json",
      root: { kind: "object", source: '{"id":1,"result":{"ok":true}}' },
      redactions: 0,
    });
    expect(readMessage('{"id":1,"resul')).toEqual({ kind: "text", text: '{"id":1,"resul', redactions: 0 });
    expect(readMessage("").kind).toBe("text");
    expect(bodyValue(null)).toBeUndefined();
  });

  it("counts what was taken out of it", () => {
    const recorded = '{"a":"[redacted:variable#05a8]","b":["[redacted:bearer#9f1c]","[redacted]"]}';
    expect(readMessage(recorded).redactions).toBe(3);
  });

  it("is read without a throw, whatever it holds", () => {
    for (const { name, text } of HOSTILE_LINES)
      expect(["json", "text"], name).toContain(readMessage(text).kind);
    expect(readMessage("[".repeat(100_000)).kind).toBe("text");
  });
});
