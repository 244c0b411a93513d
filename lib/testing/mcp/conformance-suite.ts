import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { npmPackage } from "../npm-package.ts";

const PACKAGE = "@modelcontextprotocol/conformance";
const RUN_MS_MAX = 180_000;
const ERROR_CHARACTERS_MAX = 300;

/** One way to run the official suite. */
export interface SuiteRun {
  title: string;
  version: string;
  options: readonly string[];
}

/** Both protocol eras; the older one by the suite of its time and by today's. */
export const SUITE_RUNS: readonly SuiteRun[] = [
  { title: "up to 2025-11-25, suite 0.1.16", version: "0.1.16", options: ["--suite", "all"] },
  {
    title: "2025-11-25, suite 0.2.0-alpha.12",
    version: "0.2.0-alpha.12",
    options: ["--requirements", "2025-11-25"],
  },
  {
    title: "2026-07-28, suite 0.2.0-alpha.12",
    version: "0.2.0-alpha.12",
    options: ["--requirements", "2026-07-28"],
  },
];

export interface Check {
  id: string;
  status: string;
  error: string | null;
}

/** The checks of every scenario, in the suite's order; remarks that nobody rates are left out. */
export type SuiteResult = ReadonlyMap<string, readonly Check[]>;

/** Runs the suite against `url`. Throws when the suite itself does not work. */
export async function runSuite({ version, options }: SuiteRun, url: string): Promise<SuiteResult> {
  const directory = await npmPackage(PACKAGE, version);
  const output = await mkdtemp(path.join(os.tmpdir(), "mcpstack-conformance-"));
  try {
    const child = spawn(
      process.execPath,
      [path.join(directory, "dist/index.js"), "server", "--url", url, ...options, "--output-dir", output],
      { stdio: ["ignore", "pipe", "pipe"], timeout: RUN_MS_MAX },
    );
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    await once(child, "exit");
    const result = await readResults(output);
    // It exits with an error when a check failed too; only a run without any result did not work.
    if (result.size === 0) throw new Error(`The conformance suite does not run:\n${printed.slice(-4_000)}`);
    return result;
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

const RESULT_DIRECTORY = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

interface WrittenCheck {
  id: string;
  status: string;
  errorMessage?: string;
}

async function readResults(output: string): Promise<SuiteResult> {
  const result = new Map<string, Check[]>();
  for (const name of (await readdir(output)).sort()) {
    const scenario = RESULT_DIRECTORY.exec(name)?.[1];
    if (scenario === undefined) continue;
    result.set(scenario, await readChecks(path.join(output, name, "checks.json")));
  }
  return result;
}

async function readChecks(file: string): Promise<Check[]> {
  // A scenario in which the suite itself breaks off leaves its directory only.
  if (!existsSync(file)) return [{ id: "scenario", status: "FAILURE", error: "the suite broke off" }];
  const written = JSON.parse(await readFile(file, "utf8")) as WrittenCheck[];
  return written
    .filter(({ status }) => status !== "INFO")
    .map(({ id, status, errorMessage }) => ({ id, status, error: errorMessage ?? null }));
}

/** The optional extension for tasks, which no server of the SDKs offers yet. */
const EXTENSION = /^tasks-/;

/** `12/14`: checks that passed, of those that are rated; and apart from them those of optional extensions. */
export function describeCounts(result: SuiteResult): string {
  const count = (isExtension: boolean): { passed: number; rated: number } => {
    const checks = [...result].flatMap(([scenario, all]) =>
      EXTENSION.test(scenario) === isExtension ? all : [],
    );
    const passed = checks.filter(({ status }) => status === "SUCCESS").length;
    return { passed, rated: passed + checks.filter(({ status }) => status === "FAILURE").length };
  };
  const [core, extension] = [count(false), count(true)];
  const optional = extension.rated > 0 ? ` (optional tasks: ${extension.passed}/${extension.rated})` : "";
  return `${core.passed}/${core.rated}${optional}`;
}

/** One line per check that went otherwise through the gateway; empty when nothing did. */
export function diffSuites(direct: SuiteResult, through: SuiteResult): string[] {
  const scenarios = [...new Set([...direct.keys(), ...through.keys()])];
  return scenarios.flatMap((scenario) => {
    const one = direct.get(scenario) ?? [];
    const other = through.get(scenario) ?? [];
    return Array.from({ length: Math.max(one.length, other.length) }, (_, index) =>
      differenceOf(scenario, one[index], other[index]),
    ).filter((line) => line !== null);
  });
}

function differenceOf(scenario: string, one: Check | undefined, other: Check | undefined): string | null {
  const textOf = (check: Check | undefined): string => {
    if (!check) return "nothing";
    return `${check.id} ${check.status}${check.error === null ? "" : ` (${check.error.slice(0, ERROR_CHARACTERS_MAX)})`}`;
  };
  const isSame = one?.id === other?.id && one?.status === other?.status;
  return isSame ? null : `${scenario}: directly ${textOf(one)}, through the gateway ${textOf(other)}`;
}
