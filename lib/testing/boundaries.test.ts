import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

/** One planted violation per rule: file, what it imports, and the rule that must name it. */
const PLANTED: [file: string, source: string, rule: string][] = [
  ["lib/kernel/upward.ts", 'import "#lib/contract/index.ts";', "layer-kernel"],
  ["lib/contract/upward.ts", 'import "#lib/db/index.ts";', "layer-contract"],
  ["lib/domain/servers/outward.ts", 'import "#lib/http/index.ts";', "layer-domain"],
  ["lib/data-plane/gateway/outward.ts", 'import "#lib/auth/index.ts";', "layer-data-plane"],
  ["lib/cli/outward.ts", 'import "#lib/domain/servers/index.ts";', "layer-cli"],
  ["components/servers/outward.tsx", 'import type {} from "#lib/domain/servers/index.ts";', "layer-ui"],
  ["app/page.tsx", 'import "#lib/db/index.ts";', "layer-app"],
  ["lib/domain/servers/framework.ts", 'import "next";', "framework-free"],
  ["lib/client/driver.ts", 'import "postgres";', "browser-has-no-database"],
  ["lib/client/builtin.ts", 'import "node:fs";', "browser-has-no-node"],
  ["lib/domain/servers/side-door.ts", 'import "../checks/inner.ts";', "module-front-door"],
  ["lib/http/side-door.ts", 'import "#lib/domain/checks/inner.ts";', "module-front-door-adapters"],
  ["lib/domain/servers/transaction.ts", 'import "#lib/db/transaction.ts";', "one-door-to-transactions"],
  ["lib/domain/ledger/add-more.ts", 'import "#lib/db/transaction.ts";', "one-door-to-transactions"],
  ["components/ui/knows.tsx", 'import "#lib/client/index.ts";', "ui-primitives-know-nothing"],
  ["lib/http/uses-test.ts", 'import "./thing.test.ts";', "tests-stay-tests"],
  ["e2e/inside.ts", 'import "#lib/domain/servers/index.ts";', "e2e-is-black-box"],
  ["lib/kernel/missing.ts", 'import "./nowhere.ts";', "resolvable"],
  ["lib/kernel/about.ts", 'import "./round.ts";', "no-cycles"],
];
/** What the planted files import; these alone break no rule. */
const GROUND = {
  "lib/contract/index.ts": "",
  "lib/db/index.ts": "",
  "lib/db/transaction.ts": "",
  "lib/http/index.ts": "",
  "lib/auth/index.ts": "",
  "lib/client/index.ts": "",
  "lib/domain/servers/index.ts": "",
  "lib/domain/checks/index.ts": "",
  "lib/domain/checks/inner.ts": "",
  "lib/http/thing.test.ts": "",
  "lib/kernel/round.ts": 'import "./about.ts";',
};

const root = path.resolve(import.meta.dirname, "../..");
const tree = mkdtempSync(path.join(tmpdir(), "boundaries-"));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function plant(file: string, source: string): void {
  mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  writeFileSync(path.join(tree, file), `${source}\nexport const here = "${file}";\n`);
}

test("every boundary rule still bites: each planted violation is reported by its own rule, as an error", () => {
  for (const [file, source] of Object.entries(GROUND)) plant(file, source);
  for (const [file, source] of PLANTED) plant(file, source);
  for (const file of ["package.json", "tsconfig.json", ".dependency-cruiser.cjs", "node_modules"]) {
    symlinkSync(path.join(root, file), path.join(tree, file));
  }
  const run = spawnSync(
    process.execPath,
    [
      path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"),
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "json",
      "lib",
      "app",
      "components",
      "e2e",
    ],
    { cwd: tree, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(run.stdout) as {
    summary: { violations: { from: string; rule: { name: string; severity: string } }[] };
  };
  const found = new Set(summary.violations.map((violation) => `${violation.rule.name} ${violation.from}`));
  expect(
    PLANTED.map(([file, , rule]) => `${rule} ${file}`).filter((expected) => !found.has(expected)),
  ).toEqual([]);
  expect(summary.violations.filter((violation) => violation.rule.severity !== "error")).toEqual([]);
}, 60_000);
