// Runs every gate and every test and stops at the first stage with a step that fails. The last line is the sum.
import { spawn } from "node:child_process";
import { once } from "node:events";
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
/**
 * Stages run one after the other; the rows of a stage run side by side, each in order. Beside the database tests, which
 * mostly wait, there is time for all that only computes. Tests of sockets, processes and pages have the machine alone.
 */
const STAGES = [
  [
    [vitest("db")],
    [
      gate("format and lint", "npm", "run", "--silent", "lint"),
      gate("boundaries", "npm", "run", "--silent", "boundaries"),
      gate("dead code", "npm", "run", "--silent", "dead-code"),
      gate("types", "npm", "run", "--silent", "types"),
      vitest("unit"),
      gate("build", "node", "scripts/ensure-build.mjs"),
    ],
  ],
  [[vitest("net")]],
  [
    [
      {
        name: "end-to-end tests",
        command: ["playwright", "test", "--reporter=list,json"],
        count: () => {
          const { stats, suites } = readReport("e2e");
          for (const title of flakyTitles(suites)) console.log(`── needed a second try: ${title}`);
          return [stats.expected + stats.flaky, stats.unexpected];
        },
      },
    ],
  ],
];

let passed = 0;
let failed = 0;
for (const rows of STAGES) {
  await Promise.all(rows.map((steps) => runInOrder(steps, rows.length > 1)));
  if (failed > 0) break;
}
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs steps until one fails. What has company is printed when it is done, so that outputs do not mix. */
async function runInOrder(steps, hasCompany) {
  for (const step of steps) {
    const title = `\n── ${step.name}\n`;
    if (!hasCompany) process.stdout.write(title);
    const startedAtMs = performance.now();
    const { isOk, output } = await run(step.command, hasCompany);
    if (hasCompany) process.stdout.write(title + output);
    const [stepPassed, stepFailed] = countOf(step, isOk);
    passed += stepPassed;
    failed += stepFailed;
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    console.log(
      `── ${step.name}: ${isOk && stepFailed === 0 ? "ok" : "FAILED"}, ${stepPassed} passed, ${stepFailed} failed, ${seconds} s`,
    );
    if (!isOk || stepFailed > 0) return;
  }
}

async function run([command, ...args], isCollected) {
  const pipe = isCollected ? "pipe" : "inherit";
  const child = spawn(command, args, { cwd: root, env, stdio: ["inherit", pipe, pipe] });
  const chunks = [];
  child.stdout?.on("data", (chunk) => chunks.push(chunk));
  child.stderr?.on("data", (chunk) => chunks.push(chunk));
  const [status] = await once(child, "close");
  return { isOk: status === 0, output: Buffer.concat(chunks).toString() };
}

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

/** Tests that failed once and then passed: told, so that somebody looks at them. */
function flakyTitles(suites) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? [])
      .filter((spec) => spec.tests.some(({ status }) => status === "flaky"))
      .map((spec) => `${spec.file}: ${spec.title}`),
    ...flakyTitles(suite.suites ?? []),
  ]);
}

function readReport(name) {
  return JSON.parse(readFileSync(path.join(reports, `${name}.json`), "utf8"));
}
