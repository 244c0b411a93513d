import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { limits } from "#lib/kernel/limits.ts";
import { embeddedBinaries } from "./binaries.ts";
import { DATABASE_NAME, ensureCluster, serverEnvironment } from "./cluster.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { holderIsAlive, type PidFile, readPidFile, removeRecycledPidFile } from "./pid-file.ts";
import {
  chooseOwner,
  commandAs,
  type ProcessOwner,
  reachableBinaries,
  refuseForeignCluster,
} from "./process-owner.ts";
import { isProcessStopped } from "./processes.ts";
import { isWrongPassword, prepareDatabase, refusalOf, urlOf, wrongPassword } from "./product-database.ts";
import { keepLogSmall, logFileOf } from "./server-log.ts";

const bounds = limits.embeddedDatabase;
const POLL_MS = 20;

export interface EmbeddedPostgresOptions {
  /** Made when missing; the cluster is in its `pgdata`, the server's messages in `postgres.log`. */
  directory: string;
  /** Of the superuser. URL-safe characters only. Must stay the same for the life of the cluster. */
  password: string;
  /** Preferred port; a free one when missing or taken. An adopted server keeps its own. */
  port?: number;
  /** Server settings that override ours. */
  settings?: Readonly<Record<string, string>>;
  /** False trades durability for speed; for tests only. Default true. */
  durable?: boolean;
  /** Ends the server when this process dies (Linux). Default false: the next start adopts it. */
  endsWithParent?: boolean;
  /** False runs as another user although user namespaces would work. Default true. */
  namespaces?: boolean;
}

/** `stopping`: no new connections any more, and it ends when the last one closes. `gone`: its process ended. */
export type EmbeddedPostgresStatus = PidFile["status"] | "gone";

/** A running embedded database server. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when the server was already running: left by a killed process, or started by another one. */
  readonly adopted: boolean;
  readonly owner: ProcessOwner["kind"];
  status(): EmbeddedPostgresStatus;
  /** Tries a new connection; null when it is let in, else why not. Bounded. */
  refusal(): Promise<string | null>;
  /** Keeps the server's message file within its bound; to be called now and then. */
  keepLogSmall(): void;
  /** Stops the server, politely and then at once. Answers when its processes and its lock are gone; bounded. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of `directory`, or adopts the one that runs there. Safe for many processes at once.
 * Throws an error with the server's own words when it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = path.resolve(options.directory);
  mkdirSync(directory, { recursive: true });
  const dataDirectory = path.join(directory, "pgdata");
  refuseForeignCluster(dataDirectory);
  const running = await adopt(dataDirectory, options.password);
  if (running) return running;
  const owner = await chooseOwner(dataDirectory, { namespaces: options.namespaces ?? true });
  const native = reachableBinaries(owner, embeddedBinaries(), directory);
  await ensureCluster({
    dataDirectory,
    native,
    owner,
    password: options.password,
    durable: options.durable ?? true,
  });
  let failure = "";
  for (let attempt = 0; attempt < bounds.startAttemptsMax; attempt++) {
    const sibling = await adopt(dataDirectory, options.password);
    if (sibling) return sibling;
    removeRecycledPidFile(dataDirectory);
    const result = await startOnce(options, owner, native, directory, dataDirectory);
    if (typeof result !== "string") return result;
    failure = result;
    // A sibling may have been faster, or the last processes of a killed server still hold its memory.
    await delay(bounds.startRetryDelayMs);
  }
  throw new EmbeddedPostgresError(
    `The embedded database does not start. It says:\n${failure}\nMore in ${path.join(directory, "postgres.log")}.`,
  );
}

/** The server that holds the cluster, once it is ready; null when nobody holds it. */
async function adopt(dataDirectory: string, password: string): Promise<EmbeddedPostgres | null> {
  const startedMs = performance.now();
  let problem: unknown = null;
  let elapsedMs = 0;
  while (elapsedMs < bounds.adoptMs) {
    const file = existsSync(dataDirectory) ? readPidFile(dataDirectory) : null;
    if (!file || !holderIsAlive(file)) return null;
    const server = handle(dataDirectory, password, file.pid, file.port, true);
    if (file.status === "ready") {
      problem = await prepareDatabase(file.port, dataDirectory, password);
      if (problem === null) return server;
      if (isWrongPassword(problem)) throw wrongPassword(dataDirectory, problem);
    }
    elapsedMs = performance.now() - startedMs;
    // Whoever is still connected would keep it from ending for as long as they like.
    if (file.status === "stopping" && elapsedMs > bounds.stoppingMs) await server.stop();
    await delay(POLL_MS);
  }
  const said = problem instanceof Error ? ` (${problem.message})` : "";
  throw new EmbeddedPostgresError(
    `A database server holds ${dataDirectory} but cannot be used${said}. Stop it (process ${readPidFile(dataDirectory)?.pid}) and start again.`,
    { cause: problem },
  );
}

/** Answers the running server, or what it said when it ended. */
async function startOnce(
  options: EmbeddedPostgresOptions,
  owner: ProcessOwner,
  native: string,
  directory: string,
  dataDirectory: string,
): Promise<EmbeddedPostgres | string> {
  const port = await freePort(options.port);
  const logFile = logFileOf(directory);
  keepLogSmall(logFile);
  const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
  const child = spawnServer(options, owner, native, dataDirectory, logFile, port);
  let ended = false;
  let spawnError: Error | null = null;
  child.once("exit", () => {
    ended = true;
  });
  child.once("error", (error) => {
    ended = true;
    spawnError = error;
  });
  child.unref();
  const deadlineMs = performance.now() + bounds.startMs;
  while (!ended && performance.now() < deadlineMs) {
    const file = readPidFile(dataDirectory);
    if (file?.status === "ready" && file.pid === child.pid) {
      const problem = await prepareDatabase(port, dataDirectory, options.password);
      if (problem === null) return handle(dataDirectory, options.password, file.pid, port, false, owner.kind);
      if (isWrongPassword(problem)) {
        await handle(dataDirectory, options.password, file.pid, port, false).stop();
        throw wrongPassword(dataDirectory, problem);
      }
    }
    await delay(POLL_MS);
  }
  if (!ended) child.kill("SIGQUIT");
  return (
    (spawnError as Error | null)?.message ??
    readFileSync(logFile, "utf8").slice(logStart).trim().slice(-2_000)
  );
}

function spawnServer(
  options: EmbeddedPostgresOptions,
  owner: ProcessOwner,
  native: string,
  dataDirectory: string,
  logFile: string,
  port: number,
): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: String(bounds.connectionsMax),
    shared_buffers: "256MB",
    wal_compression: "pglz",
    max_wal_size: "2GB",
    jit: "off",
    log_checkpoints: "off",
    ...(options.durable === false
      ? { fsync: "off", full_page_writes: "off", synchronous_commit: "off" }
      : {}),
    ...options.settings,
  };
  const command = commandAs(owner, path.join(native, "bin", "postgres"), [
    "-D",
    dataDirectory,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  const bound = options.endsWithParent === true && process.platform === "linux";
  const log = openSync(logFile, "a", 0o600);
  try {
    return spawn(
      bound ? "setpriv" : command.file,
      bound ? ["--pdeathsig", "INT", command.file, ...command.args] : command.args,
      // Its own session: Ctrl-C must not end the database before those who use it.
      { ...command.identity, stdio: ["ignore", log, log], detached: true, env: serverEnvironment() },
    );
  } finally {
    closeSync(log);
  }
}

function handle(
  dataDirectory: string,
  password: string,
  pid: number,
  port: number,
  adopted: boolean,
  owner: ProcessOwner["kind"] = "self",
): EmbeddedPostgres {
  const holds = () => {
    const file = readPidFile(dataDirectory);
    return file?.pid === pid && holderIsAlive(file);
  };
  const waitUntilGone = async (timeoutMs: number) => {
    const deadlineMs = performance.now() + timeoutMs;
    while (holds() && performance.now() < deadlineMs) await delay(POLL_MS);
    return !holds();
  };
  const url = urlOf(port, password, DATABASE_NAME);
  return {
    url,
    port,
    pid,
    adopted,
    owner,
    status: () => {
      const file = readPidFile(dataDirectory);
      return file?.pid === pid && holderIsAlive(file) ? file.status : "gone";
    },
    async refusal() {
      const said = await refusalOf(url);
      return said !== null && isProcessStopped(pid)
        ? `it was stopped with a signal; continue it with: kill -CONT ${pid}`
        : said;
    },
    keepLogSmall: () => keepLogSmall(logFileOf(path.dirname(dataDirectory))),
    async stop() {
      for (const [signal, timeoutMs] of [
        ["SIGINT", bounds.stopMs],
        ["SIGQUIT", bounds.stopNowMs],
      ] as const) {
        // One that was stopped with a signal does not hear any other one until it is continued.
        if (holds()) for (const sent of [signal, "SIGCONT"] as const) tell(pid, sent);
        if (await waitUntilGone(timeoutMs)) return;
      }
      throw new EmbeddedPostgresError(`The embedded database (process ${pid}) does not stop.`);
    },
  };
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended in this moment.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** `preferred` when nobody listens there, else a free port. */
async function freePort(preferred: number | undefined): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number | null>((resolve) => {
      const server = net.createServer();
      server.once("error", () => resolve(null));
      server.listen(port, "127.0.0.1", () => {
        const address = server.address() as net.AddressInfo;
        server.close(() => resolve(address.port));
      });
    });
  const port = (preferred === undefined ? null : await tryPort(preferred)) ?? (await tryPort(0));
  if (port === null) throw new EmbeddedPostgresError("No free port on 127.0.0.1 for the embedded database.");
  return port;
}
