import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { parseAnsi, withoutEscapes } from "./ansi.ts";

const ESC = "\u001b";

describe("escape sequences", () => {
  it("colour text by name, and nothing else gets through", () => {
    const pieces = parseAnsi(`plain ${ESC}[1;31mred${ESC}[0m ${ESC}[92mgreen${ESC}[39m end`);
    expect(pieces.map(({ text, style }) => [text, style.colour, style.bold])).toEqual([
      ["plain ", null, false],
      ["red", "red", true],
      [" ", null, false],
      ["green", "green", false],
      [" end", null, false],
    ]);
  });

  it.each([
    ["a link", `${ESC}]8;;javascript:alert(1)\u0007click${ESC}]8;;\u0007`, "click"],
    ["a clipboard write", `a${ESC}]52;c;cm0gLXJm${ESC}\\b`, "ab"],
    ["a window title", `a${ESC}]0;owned\u0007b`, "ab"],
    ["a cleared screen", `a${ESC}[2J${ESC}[Hb`, "ab"],
    ["eight bit forms", `a\u009b31mb\u009d0;x\u009cc`, "abc"],
    ["a device control string", `a${ESC}Pq#0${ESC}\\b`, "ab"],
    ["one that never ends", `a${ESC}]8;;http://x`, "a"],
    ["one cut in the middle", `a${ESC}[3`, "a3"],
    ["a lone escape", `a${ESC}`, "a"],
  ])("drop %s", (_name, text, plain) => {
    expect(withoutEscapes(text)).toBe(plain);
    expect(
      parseAnsi(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(plain);
  });

  it("take extended colours with their own parameters", () => {
    expect(parseAnsi(`${ESC}[38;5;9mx`)[0]?.style.colour).toBe("red");
    expect(parseAnsi(`${ESC}[38;2;1;31;4mx`)[0]?.style).toMatchObject({ colour: null, underline: false });
  });

  it("leave no escape character in any text, and lose no other text", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(ESC, `${ESC}[`, `${ESC}]`, "\u009b", "31m", "\u0007"),
    );
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        const text = parts.join("");
        const shown = parseAnsi(text);
        expect(shown.map((part) => part.text).join("")).toBe(withoutEscapes(text));
        expect(withoutEscapes(text)).not.toContain(ESC);
      }),
    );
  });

  it("cost linear time", () => {
    const tookMs = computingMs(() => {
      for (const part of [`${ESC}[`, `${ESC}]`, `${ESC}[1;`, "\u009b0;", `${ESC} `])
        withoutEscapes(part.repeat(20_000));
    });
    expect(tookMs).toBeLessThan(2_000);
  });
});
