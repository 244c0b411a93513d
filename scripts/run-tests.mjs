// Runs every gate and every test, in order, and stops at the first step that fails. The last line is the sum.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, "node_modules", ".bin");
const reports = mkdtempSync(path.join(os.tmpdir(), "mcpstack-reports-"));
/** Settings of this machine must not change what is tested. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(MCPSTACK_|DATABASE_URL$|PORT$|HOST$|NODE_ENV$)/.test(name),
  ),
);
const env = {
  ...inherited,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  NEXT_TELEMETRY_DISABLED: "1",
  PLAYWRIGHT_JSON_OUTPUT_FILE: path.join(reports, "e2e.json"),
};

const gate = (name, ...command) => ({ name, command, count: (ok) => (ok ? [1, 0] : [0, 1]) });
const vitest = (project) => ({
  name: `${project} tests`,
  command: [
    "vitest",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${path.join(reports, `${project}.json`)}`,
  ],
  count: () => {
    const { numPassedTests, numFailedTests, testResults } = readReport(project);
    // A file that cannot even be loaded has no tests to fail.
    const brokenFiles = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    return [numPassedTests, numFailedTests + brokenFiles.length];
  },
});
const STEPS = [
  gate("format and lint", "npm", "run", "--silent", "lint"),
  gate("types", "npm", "run", "--silent", "types"),
  gate("boundaries", "npm", "run", "--silent", "boundaries"),
  gate("dead code", "npm", "run", "--silent", "dead-code"),
  vitest("unit"),
  vitest("db"),
  vitest("net"),
  gate("build", "node", "scripts/ensure-build.mjs"),
  {
    name: "end-to-end tests",
    command: ["playwright", "test", "--reporter=list,json"],
    count: () => {
      const { expected, unexpected, flaky } = readReport("e2e").stats;
      return [expected, unexpected + flaky];
    },
  },
];

let passed = 0;
let failed = 0;
for (const step of STEPS) {
  console.log(`\n── ${step.name}`);
  const startedAtMs = performance.now();
  const [command, ...args] = step.command;
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  const [stepPassed, stepFailed] = countOf(step, status === 0);
  passed += stepPassed;
  failed += stepFailed;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const isOk = status === 0 && stepFailed === 0;
  console.log(
    `── ${step.name}: ${isOk ? "ok" : "FAILED"}, ${stepPassed} passed, ${stepFailed} failed, ${seconds} s`,
  );
  if (!isOk) break;
}
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A step that failed without a report counts as one failure. */
function countOf(step, ok) {
  try {
    const [good, bad] = step.count(ok);
    return [good, ok ? bad : Math.max(bad, 1)];
  } catch (error) {
    console.error(`${step.name} left no readable report: ${error.message}`);
    return [0, 1];
  }
}

function readReport(name) {
  return JSON.parse(readFileSync(path.join(reports, `${name}.json`), "utf8"));
}
