import { writeFileSync } from "node:fs";
import path from "node:path";

const MESSAGE_CHARACTERS_MAX = 1_500;

/**
 * A reporter for Vitest and Playwright alike: what a run of tests came to, as JSON in the file that the environment
 * variable TEST_RESULTS_FILE names: `{ passed, failures, secondTries }`, the lists as `{ title, message }`.
 */
export default class TestResults {
  #passed = 0;
  #failures = [];
  #secondTries = [];

  // Vitest

  onTestCaseResult(test) {
    const { state, errors } = test.result();
    const told = () => ({
      title: `${test.module.relativeModuleId} > ${test.fullName}`,
      message: brief(errors?.[0]?.message),
    });
    if (state === "failed") this.#failures.push(told());
    if (state !== "passed") return;
    this.#passed += 1;
    if (test.diagnostic()?.flaky) this.#secondTries.push(told());
  }

  onTestRunEnd(modules, unhandledErrors) {
    for (const module of modules)
      for (const error of module.errors())
        this.#failures.push({ title: module.relativeModuleId, message: brief(error.message) });
    for (const error of unhandledErrors)
      this.#failures.push({ title: "outside of any test", message: brief(error.message) });
    this.#write();
  }

  // Playwright

  onBegin(_config, suite) {
    this.suite = suite;
  }

  onError(error) {
    this.#failures.push({ title: "outside of any test", message: brief(error.message) });
  }

  onEnd() {
    for (const test of this.suite.allTests()) {
      const outcome = test.outcome();
      const title = `${path.relative(process.cwd(), test.location.file)} > ${test.titlePath().slice(3).join(" > ")}`;
      const message = brief(test.results.find(({ error }) => error)?.error?.message);
      if (outcome === "expected" || outcome === "flaky") this.#passed += 1;
      if (outcome === "flaky") this.#secondTries.push({ title, message });
      if (outcome === "unexpected") this.#failures.push({ title, message });
    }
    this.#write();
  }

  printsToStdio() {
    return false;
  }

  #write() {
    const results = { passed: this.#passed, failures: this.#failures, secondTries: this.#secondTries };
    writeFileSync(process.env.TEST_RESULTS_FILE, JSON.stringify(results));
  }
}

const brief = (message = "no message") => message.slice(0, MESSAGE_CHARACTERS_MAX);
