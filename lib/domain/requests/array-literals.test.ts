import { expect, it } from "vitest";
import { numberArray, textArray } from "./array-literals.ts";

const same = (value: string | null) => value;

it("writes every text so that it is read back as itself, whatever is in it", () => {
  expect(textArray(["a", null, "NULL", "", "a,b", "{}", 'say "hi"', "C:\\", "é\n"], same)).toBe(
    '{"a",NULL,"NULL","","a,b","{}","say \\"hi\\"","C:\\\\","é\n"}',
  );
  expect(textArray([], same)).toBe("{}");
});

it("cleans each text once where it repeats, and again where it comes back", () => {
  const cleaned: string[] = [];
  const clean = (text: string) => {
    cleaned.push(text);
    return text.toUpperCase();
  };
  expect(textArray(["a", "a", null, "a"], same, clean)).toBe('{"A","A",NULL,"A"}');
  expect(cleaned).toEqual(["a", "a"]);
});

it("writes numbers, and none that a column could not hold", () => {
  expect(numberArray([1, null, -2.5, 1e21], (value) => value)).toBe("{1,NULL,-2.5,1e+21}");
  expect(() => numberArray([Number.NaN], (value) => value)).toThrow(RangeError);
});
