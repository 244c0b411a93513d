import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withSigns } from "./signs.ts";
import { visiblePieces } from "./visible-text.ts";

const links = (text: string): string[] =>
  visiblePieces(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));
const painted = (text: string): string =>
  visiblePieces(text)
    .map((piece) => piece.text)
    .join("");

describe("text of a line", () => {
  it.each([
    ["bidi override", "a\u202eb", "a‹U+202E›b"],
    ["isolate", "\u2066x\u2069", "‹U+2066›x‹U+2069›"],
    ["NUL", "a\u0000b", "a^@b"],
    ["carriage return", "a\rb", "a^Mb"],
    ["zero width space", "a\u200bb", "a‹U+200B›b"],
    ["lone surrogate", "a\ud800b", "a‹U+D800›b"],
    ["tag character", "a\u{e0041}b", "a‹U+E0041›b"],
    ["delete", "\u007f", "^?"],
  ])("shows a %s instead of obeying it", (_name, text, shown) => {
    expect(painted(text)).toBe(shown);
    expect(withSigns(text)).toBe(shown);
  });

  it("leaves ordinary text of every script alone", () => {
    for (const text of ["naïve café", "日本語", "👨‍👩‍👧 ok", "tab\tand\nline", "שלום"])
      expect(painted(text)).toBe(text);
  });

  it("links only to the web, without the punctuation around", () => {
    expect(links("see https://example.com/a_(b)), then (http://x.test/?q=1).")).toEqual([
      "https://example.com/a_(b)",
      "http://x.test/?q=1",
    ]);
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "https://",
      "xhttps:/x",
      "vbscript:x",
    ]) {
      expect(links(text)).toEqual([]);
    }
  });

  it("does not let an unseen character into an address", () => {
    expect(links("https://good.test/\u202emoc.live")).toEqual(["https://good.test/"]);
  });

  it("paints all of any text, and every link parses as http or https", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.webUrl().map((url) => `(${url}), x`),
        ),
        (text) => {
          expect(painted(text)).toBe(withSigns(text));
          for (const link of links(text)) expect(["http:", "https:"]).toContain(new URL(link).protocol);
        },
      ),
    );
  });
});
