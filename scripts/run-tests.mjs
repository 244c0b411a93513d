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
const RESULTS_REPORTER = path.join(root, "scripts", "test-results.mjs");
/** A test may fail by chance, once; a machine or a product on which many do is not well. */
const SECOND_TRIES_MAX = 5;
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
};

const gate = (name, ...command) => ({ name, command });
const tests = (name, ...command) => ({
  name: `${name} tests`,
  command,
  resultsFile: path.join(reports, `${name}.json`),
});
const vitest = (project) =>
  tests(
    project,
    "vitest",
    "run",
    "--project",
    project,
    "--reporter=default",
    `--reporter=${RESULTS_REPORTER}`,
  );
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
      gate("page sizes", "node", "scripts/check-page-sizes.mjs"),
    ],
  ],
  [[vitest("net")]],
  [[tests("end-to-end", "playwright", "test", `--reporter=list,${RESULTS_REPORTER}`)]],
];

let passed = 0;
const failures = [];
const secondTries = [];
for (const rows of STAGES) {
  await Promise.all(rows.map((steps) => runInOrder(steps, rows.length > 1)));
  if (failures.length > 0) break;
}
rmSync(reports, { recursive: true, force: true });
// Last of all, so that whoever sees only the end of a long output knows.
for (const { title, message } of secondTries)
  console.log(`── needed a second try: ${title}\n${indented(message)}`);
if (secondTries.length > SECOND_TRIES_MAX)
  failures.push({
    title: `more than ${SECOND_TRIES_MAX} tests needed a second try`,
    message: "See their names above.",
  });
for (const { title, message } of failures) console.log(`── failed: ${title}\n${indented(message)}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Runs steps until one fails. What has company is printed when it is done, so that outputs do not mix. */
async function runInOrder(steps, hasCompany) {
  for (const step of steps) {
    const title = `\n── ${step.name}\n`;
    if (!hasCompany) process.stdout.write(title);
    const startedAtMs = performance.now();
    const { isOk, output } = await run(step, hasCompany);
    if (hasCompany) process.stdout.write(title + output);
    const results = resultsOf(step, isOk);
    passed += results.passed;
    failures.push(...results.failures);
    secondTries.push(...results.secondTries);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    const isGood = results.failures.length === 0;
    console.log(
      `── ${step.name}: ${isGood ? "ok" : "FAILED"}, ${results.passed} passed, ${results.failures.length} failed, ${seconds} s`,
    );
    if (!isGood) return;
  }
}

async function run({ command: [command, ...args], resultsFile }, isCollected) {
  const pipe = isCollected ? "pipe" : "inherit";
  const child = spawn(command, args, {
    cwd: root,
    env: { ...env, TEST_RESULTS_FILE: resultsFile },
    stdio: ["inherit", pipe, pipe],
  });
  const chunks = [];
  child.stdout?.on("data", (chunk) => chunks.push(chunk));
  child.stderr?.on("data", (chunk) => chunks.push(chunk));
  const [status] = await once(child, "close");
  return { isOk: status === 0, output: Buffer.concat(chunks).toString() };
}

/** A step that failed and names no failure is one failure itself; so are tests that left no results. */
function resultsOf({ name, resultsFile }, isOk) {
  const failed = (message) => ({ passed: 0, failures: [{ title: name, message }], secondTries: [] });
  const unexplained = "It ended with an error: see its output above.";
  if (!resultsFile) return isOk ? { passed: 1, failures: [], secondTries: [] } : failed(unexplained);
  try {
    const results = JSON.parse(readFileSync(resultsFile, "utf8"));
    if (!isOk && results.failures.length === 0) results.failures.push(...failed(unexplained).failures);
    return results;
  } catch (error) {
    return failed(`It left no readable results: ${error.message}`);
  }
}

function indented(text) {
  return text.replace(/^/gm, "   ");
}
