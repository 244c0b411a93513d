import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { REQUIREMENTS, type Requirement } from "./requirements.ts";

const root = path.resolve(import.meta.dirname, "../..");
const all = Object.entries<Requirement>(REQUIREMENTS);

/** Ids that test titles cite, e.g. `test("… [log.levels]", …)`. */
function citedIds(): Set<string> {
  const files = globSync("{app,components,e2e,lib,samples,server}/**/*.{test,spec}.ts", { cwd: root });
  const cited = new Set<string>();
  for (const file of files.filter((name) => name !== "e2e/support/requirements.test.ts")) {
    const source = readFileSync(path.join(root, file), "utf8");
    for (const [, id] of source.matchAll(/\[((?:ops|log)\.[a-z0-9.-]+)\]/g)) if (id) cited.add(id);
  }
  return cited;
}

test("every behaviour that the origin documents state is shown by a test, and no test cites an unknown one", () => {
  const cited = citedIds();
  const planned = all.filter(([, requirement]) => requirement.planned);
  process.stdout.write(`requirements: ${all.length - planned.length} landed, ${planned.length} planned\n`);
  expect(all.filter(([id, requirement]) => !requirement.planned && !cited.has(id)).map(([id]) => id)).toEqual(
    [],
  );
  expect([...cited].filter((id) => !(id in REQUIREMENTS))).toEqual([]);
  expect(planned.filter(([id]) => cited.has(id)).map(([id]) => id)).toEqual([]);
});
