import fc from "fast-check";
import { expect, test } from "vitest";
import { plain, visible } from "./markdown-text.ts";

const hostile = fc
  .array(
    fc.constantFrom(
      ..."\\`*_{}[]()<>#+-.!|~&$@^=:/\"'%;,? \n\r\t\u0000\u001b\u202e\u2066\u200b\ufeffa1éwx".split(""),
      "](javascript:alert(1))",
      "<script>",
      "&lt;",
      "https://evil.example",
      "www.evil.example",
      "mailto:a@b.example",
      "1. ",
      "- ",
      "---",
      "```",
      "| a |",
      "![x](y)",
      "$$",
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

/** What a renderer of Markdown shows for escaped text: a backslash before punctuation is not shown. */
const rendered = (text: string): string => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");

/** The text without what is escaped. */
const bare = (text: string): string => text.replace(/\\[!-/:-@[-`{-~]/g, "\u00b7");

test("whatever is in a text, it shows as it is and nothing in it is markup", () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: "grapheme", maxLength: 60 })), (text) => {
      const escaped = plain(text);
      expect(rendered(escaped)).toBe(visible(text));
      const left = bare(escaped);
      expect(left).not.toMatch(/[\\`*_{}[\]()<>#+!|~&$@^=]/);
      expect(left).not.toMatch(/[a-z0-9]:|www\./i);
      expect(left).not.toMatch(/^\s*(?:-|\d+\.(?:\s|$))/);
      expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    }),
    { numRuns: 500 },
  );
});

test("ordinary text stays readable", () => {
  expect(plain("Version 1.4.0 of support-api fails since 14 h")).toBe(
    "Version 1.4.0 of support-api fails since 14 h",
  );
});

test("names that try to be links, scripts, code or new lines are text", () => {
  expect(plain("x](javascript:alert(1))")).toBe("x\\]\\(javascript\\:alert\\(1\\)\\)");
  expect(plain("<script>a</script>\n# head")).toBe("\\<script\\>a\\</script\\> \\# head");
  expect(plain("a\u202eb | c `d`")).toBe("ab \\| c \\`d\\`");
});
