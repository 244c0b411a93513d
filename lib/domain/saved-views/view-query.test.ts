import { describe, expect, test } from "vitest";
import { checkViewQuery } from "./view-query.ts";

describe("the query of a saved view", () => {
  test.each([
    ["requests", ""],
    ["requests", "level=warn,error&tool=refund&window=7d&pageSize=100"],
    ["requests", "q=50%25+off&durationMin=12.5&from=2026-03-01T00:00:00.000Z&window=custom"],
    ["requests", "log=requests&session=0123456789abcdef"],
    ["console", "log=console&level=error&q=a%26b&version=1.2.3&epoch=e1&seqFrom=1"],
  ] as const)("of %s is kept as it is: %s", (log, query) => {
    expect(checkViewQuery(log, query)).toBe(query);
    expect(checkViewQuery(log, `?${query}`)).toBe(query);
  });

  test.each([
    ["requests", "colour=red", /cannot keep the parameter "colour". It knows level, outcome,/],
    ["requests", "page=3", /cannot keep the parameter "page"/],
    ["requests", "cursor=abc", /cannot keep/],
    ["requests", "__proto__=1", /cannot keep/],
    ["requests", "constructor=1", /cannot keep/],
    ["console", "tool=refund", /console log cannot keep the parameter "tool"/],
    ["requests", "level=warn&level=error", /"level" is there twice/],
    ["requests", "level=fatal", /"level" has a value/],
    ["requests", "durationMin=-1", /"durationMin" has a value/],
    ["requests", "from=yesterday", /"from" has a value/],
    ["requests", "window=<script>", /"window" has a value/],
    ["requests", "pageSize=1e9", /"pageSize" has a value/],
    ["requests", "log=console", /another log/],
    ["requests", "a".repeat(2_000), /cannot keep the parameter "a{60}"/],
    ["requests", "%", /cannot keep/],
  ] as const)("of %s is refused with words: %s", (log, query, message) => {
    expect(() => checkViewQuery(log, query)).toThrow(
      expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(message) }),
    );
  });
});
