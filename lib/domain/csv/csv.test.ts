import { expect, test } from "vitest";
import { csv, exactNumber } from "./csv.ts";

test.each(["=1+1", "+49", "-3", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])(
  "the text %j begins as a text in a spreadsheet",
  (text) => {
    expect(csv([[text]])).toBe(`"'${text}"\r\n`);
  },
);

test("amounts stay numbers to the last digit, negative ones too", () => {
  expect(csv([[exactNumber(-9007199254740993n), exactNumber("-0.000145"), -3, 0.5]])).toBe(
    '"-9007199254740993","-0.000145","-3","0.5"\r\n',
  );
});

test("no text passes as a number", () => {
  for (const text of ["=1", "1e5", "", "-", "1,5", "--1", "1\n2"])
    expect(() => exactNumber(text)).toThrow(RangeError);
});
