import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseCommand } from "./parse-command.ts";

const readme = readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8");
const lines = [...readme.matchAll(/^npx mcpstack (.+)$/gm)].map(([, line]) => line ?? "");
/** As a shell splits it, without the comment and the redirection. */
const argumentsOf = (line: string): string[] =>
  [...line.replace(/ +[#>].*$/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );

test("the README shows commands", () => expect(lines.length).toBeGreaterThan(10));
test.each(lines)("the README's command is one that there is: %s", (line) => {
  expect(parseCommand(argumentsOf(line)).kind).toBe("run");
});
