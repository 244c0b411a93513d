import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { limits } from "#lib/kernel/limits.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { commandAs, giveTo, type ProcessOwner } from "./process-owner.ts";

const run = promisify(execFile);
/** The superuser of the cluster and the name of the product's database. */
export const DATABASE_NAME = "mcpstack";
const UNFINISHED = ".unfinished-";
/** An unfinished cluster this old was left by a process that died. */
const UNFINISHED_AGE_MS = 10 * 60_000;

/** What the server's processes get to see of our environment: nothing that steers or tells. */
export const serverEnvironment = () =>
  ({ PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }) as unknown as NodeJS.ProcessEnv;

export interface ClusterOptions {
  dataDirectory: string;
  native: string;
  owner: ProcessOwner;
  password: string;
  /** False skips waiting for the disk; for tests only. */
  durable: boolean;
}

/**
 * Makes the cluster unless it is there. It is made apart and renamed, so neither a crash nor processes that start
 * at once leave half a cluster: the first one to finish wins, the others use its.
 */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  const { dataDirectory, owner } = options;
  if (existsSync(path.join(dataDirectory, "PG_VERSION"))) return;
  removeOldUnfinished(dataDirectory);
  const unfinished = `${dataDirectory}${UNFINISHED}${randomUUID()}`;
  const passwordFile = path.join(os.tmpdir(), `mcpstack-${randomUUID()}`);
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    writeFileSync(passwordFile, options.password, { mode: 0o600, flag: "wx" });
    giveTo(owner, unfinished);
    giveTo(owner, passwordFile);
    await initialize(options, unfinished, passwordFile);
    renameSync(unfinished, dataDirectory);
  } catch (error) {
    if (!existsSync(path.join(dataDirectory, "PG_VERSION"))) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function initialize(options: ClusterOptions, directory: string, passwordFile: string): Promise<void> {
  const command = commandAs(options.owner, path.join(options.native, "bin", "initdb"), [
    `--pgdata=${directory}`,
    `--username=${DATABASE_NAME}`,
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--set=listen_addresses=127.0.0.1",
    "--set=unix_socket_directories=",
    ...(options.durable ? [] : ["--no-sync"]),
  ]);
  try {
    await run(command.file, command.args, {
      ...command.identity,
      env: serverEnvironment(),
      timeout: limits.embeddedDatabase.startMs,
    });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new EmbeddedPostgresError(`The embedded database could not be made. It says:\n${said}`, { cause });
  }
}

function removeOldUnfinished(dataDirectory: string): void {
  const parent = path.dirname(dataDirectory);
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(`${path.basename(dataDirectory)}${UNFINISHED}`)) continue;
    const directory = path.join(parent, name);
    const age = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > UNFINISHED_AGE_MS) rmSync(directory, { recursive: true, force: true });
  }
}
