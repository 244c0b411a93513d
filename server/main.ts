import { parseArgs } from "node:util";
import { type Config, ConfigError, loadConfig } from "#lib/config/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createLog } from "#lib/telemetry/index.ts";
import { setupUrlIfNeeded } from "./first-owner.ts";
import type { RoleName } from "./role.ts";
import { runRole } from "./run-role.ts";
import { describeFailure } from "./supervisor/describe-failure.ts";
import { type Installation, startInstallation } from "./supervisor/installation.ts";
import { prepareDatabase } from "./supervisor/prepare-database.ts";
import { StartError } from "./supervisor/start-error.ts";

const USAGE = `Usage: node server/main.ts [--dev] [--role=edge|web|jobs]

  (no option)   runs everything on this machine: database, edge, web, jobs
  --dev         the same with the development server of the pages
  --role=…      runs one role of a cluster in this process; needs DATABASE_URL
`;
const CLUSTER_ROLES = ["edge", "web", "jobs"] as const satisfies readonly RoleName[];

const say = (text: string) => void process.stdout.write(`${text}\n`);
const fail = (text: string) => void process.stderr.write(`${text}\n`);

/** Everything on one machine, until a signal ends it. */
async function runInstallation(config: Config): Promise<number> {
  const aborted = new AbortController();
  let installation: Installation | null = null;
  let firstSignalMs: number | null = null;
  const stopped = Promise.withResolvers<void>();
  const onSignal = () => {
    const nowMs = performance.now();
    if (firstSignalMs === null) {
      firstSignalMs = nowMs;
      fail("\n  Stopping …");
      aborted.abort();
      stopped.resolve();
    } else if (nowMs - firstSignalMs > limits.supervisor.secondSignalMs) {
      // Not at once: npm passes on the Ctrl-C that the terminal has sent here as well.
      fail("  Stopping without waiting …");
      if (installation) installation.kill();
      // Nothing is complete yet: what runs already notices that we are gone, and the next start adopts the database.
      else process.exit(1);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  try {
    installation = await startInstallation(config, { terminal: say, signal: aborted.signal });
  } catch (error) {
    if (aborted.signal.aborted) return 0;
    throw error;
  }
  await stopped.promise;
  await installation.stop();
  return 0;
}

/** One role of a cluster in this process. */
async function runClusterRole(config: Config, name: RoleName): Promise<void> {
  if (config.databaseUrl === null) {
    throw new ConfigError([
      `DATABASE_URL must be set with --role=${name}: the roles of a cluster share one database`,
    ]);
  }
  const log = createLog({ name, level: config.logLevel });
  await prepareDatabase(config.databaseUrl, log);
  if (name === "web") {
    const setupUrl = await setupUrlIfNeeded(config, config.databaseUrl, log);
    if (setupUrl) say(`Make the first owner (this link works once, for a day): ${setupUrl}`);
  }
  await runRole(name, config, log);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { dev: { type: "boolean" }, role: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return say(USAGE);
  const role = CLUSTER_ROLES.find((name) => name === values.role);
  if (values.role !== undefined && !role)
    throw new StartError(`There is no role ${values.role}.\n\n${USAGE}`);
  const mode = values.dev ? "development" : (process.env.NODE_ENV ?? "production");
  const config = loadConfig({ ...process.env, NODE_ENV: mode });
  process.title = role ? `mcpstack ${role}` : "mcpstack";
  // A terminal or pipe that went away must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  if (role) return runClusterRole(config, role);
  process.exit(await runInstallation(config));
}

main().catch((error: unknown) => {
  fail(describeFailure(error));
  process.exit(1);
});
