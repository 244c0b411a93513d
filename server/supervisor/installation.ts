import { existsSync } from "node:fs";
import path from "node:path";
import { type Config, environmentOf } from "#lib/config/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { setupUrlIfNeeded } from "../first-owner.ts";
import { NODE_ARGUMENTS, type PartState, type RoleName } from "../role.ts";
import { SAMPLE_UPSTREAM_HOST } from "../sample-upstream-host.ts";
import { type InstanceLock, takeInstanceLock } from "./instance-lock.ts";
import { type LogBook, openLogBook } from "./log-book.ts";
import { type OwnDatabase, runOwnDatabase } from "./own-database.ts";
import { freePort, requireFreePort } from "./port.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { awaitOrphans, openProcessRegister } from "./process-register.ts";
import { proxyWarning } from "./proxy-warning.ts";
import { type RoleProcess, superviseRole } from "./role-process.ts";
import { StartError } from "./start-error.ts";
import { isSampleFacts, type SampleFacts, welcome } from "./welcome.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const RUN_ROLE = path.resolve(import.meta.dirname, "../run-role.ts");
const CORE: readonly RoleName[] = ["edge", "web", "jobs"];
/** The order of draining: first nothing new comes in, last the database. */
const DRAIN_ORDER: readonly RoleName[] = ["sample", "edge", "web", "jobs"];

/** Everything that one `npm start` runs. */
export interface Installation {
  /** Drains and ends everything; bounded. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

export interface InstallationOptions {
  /** Writes a line to the operator. */
  terminal(line: string): void;
  /** When aborted, the start gives up at its next step. */
  signal: AbortSignal;
}

/**
 * Starts the database, brings it to the newest schema, starts the roles and waits until they serve. Throws StartError
 * with what to do when that does not work; nothing is left running then.
 */
export async function startInstallation(config: Config, options: InstallationOptions): Promise<Installation> {
  const lock = takeInstanceLock(path.join(config.dataDir, "mcpstack.lock"), config.publicUrl);
  const book = openLogBook({
    directory: path.join(config.dataDir, "logs"),
    level: config.logLevel,
    terminalLevel: config.mode === "production" ? "warn" : "info",
    terminal: options.terminal,
  });
  const run = new Run(config, options, lock, book);
  try {
    await run.start();
  } catch (error) {
    await run.stop();
    throw error;
  }
  return run;
}

/** Written at the end of a build; one that was interrupted does not have it. */
const BUILT_FILE = "prerender-manifest.json";

/** Said here once, instead of by a process that cannot start again and again. */
function requireBuild({ mode }: Config): void {
  if (mode === "development" || existsSync(path.join(ROOT, ".next", BUILT_FILE))) return;
  throw new StartError(
    "The pages are not built. Start with `npm start`, which builds them, or run `npm run build` first.",
  );
}

class Run implements Installation {
  readonly #config: Config;
  readonly #options: InstallationOptions;
  readonly #lock: InstanceLock;
  readonly #book: LogBook;
  readonly #roles = new Map<RoleName, RoleProcess>();
  readonly #parts: Partial<Record<string, PartState>> = {};
  readonly #register: ReturnType<typeof openProcessRegister>;
  readonly #registerFile: string;
  #database: OwnDatabase | null = null;
  #databaseUrl = "";
  #sample: SampleFacts | null = null;
  #failure: StartError | null = null;
  #changed: () => void = () => undefined;

  constructor(config: Config, options: InstallationOptions, lock: InstanceLock, book: LogBook) {
    this.#config = config;
    this.#options = options;
    this.#lock = lock;
    this.#book = book;
    this.#registerFile = path.join(config.runDir, "processes.json");
    this.#register = openProcessRegister(this.#registerFile);
  }

  async start(): Promise<void> {
    const { log } = this.#book;
    const startedAtMs = performance.now();
    requireBuild(this.#config);
    const orphans = await awaitOrphans(this.#registerFile);
    if (orphans > 0) log.warn({ orphans }, "the last run was killed; its processes have ended now");
    await requireFreePort(this.#config.host, this.#config.port, limits.supervisor.portWaitMs);
    this.#continue();
    await this.#startDatabase();
    this.#continue();
    const config = await this.#configOfRoles();
    const setupUrl = config.sample ? null : await setupUrlIfNeeded(config, this.#databaseUrl, log);
    for (const name of config.sample ? ([...CORE, "sample"] as const) : CORE) this.#startRole(name, config);
    await this.#until(
      () => CORE.every((name) => this.#parts[name] === "ready"),
      limits.supervisor.readyMs,
      () => {
        const missing = CORE.filter((name) => this.#parts[name] !== "ready");
        throw new StartError(this.#describeFailure(missing[0] ?? "edge", "is not ready in time"));
      },
    );
    log.info({ ms: Math.round(performance.now() - startedAtMs) }, "ready");
    const warning = proxyWarning(config);
    if (warning !== null) log.warn({}, warning);
    if (config.sample) await this.#untilSample();
    this.#options.terminal(
      welcome({
        publicUrl: config.publicUrl,
        dataDir: config.dataDir,
        setupUrl,
        sample: config.sample ? (this.#sample ?? "preparing") : null,
      }),
    );
  }

  async #startDatabase(): Promise<void> {
    const { log } = this.#book;
    if (this.#config.databaseUrl !== null) {
      this.#databaseUrl = this.#config.databaseUrl;
    } else {
      const restartAll = (url: string) => {
        this.#databaseUrl = url;
        for (const role of this.#roles.values()) role.restart();
      };
      this.#database = await runOwnDatabase(
        this.#config,
        log,
        (state) => this.#become("database", state),
        restartAll,
      );
      this.#databaseUrl = this.#database.url;
    }
    await prepareDatabase(this.#databaseUrl, log, this.#options.signal);
  }

  /** The sample's upstream gets a port that hosted code may reach by its name. */
  async #configOfRoles(): Promise<Config> {
    if (!this.#config.sample) return this.#config;
    const upstream = `127.0.0.1:${await freePort()}`;
    return {
      ...this.#config,
      egressHosts: { ...this.#config.egressHosts, [SAMPLE_UPSTREAM_HOST]: upstream },
    };
  }

  #startRole(name: RoleName, config: Config): void {
    const { log } = this.#book;
    this.#parts[name] = "starting";
    const role = superviseRole({
      name,
      args: [...(NODE_ARGUMENTS[name] ?? []), RUN_ROLE, name],
      environment: () => ({
        ...process.env,
        NEXT_TELEMETRY_DISABLED: "1",
        ...environmentOf({ ...config, databaseUrl: this.#databaseUrl }),
        NODE_ENV: config.mode,
      }),
      drainMs: limits.supervisor.drainMs[name],
      log,
      onLine: (stream, line) => this.#book.take(name, stream, line),
      onState: (state) => this.#become(name, state),
      onSpawn: (pid) => this.#remember(name, pid),
      onAnnounce: (details) => {
        if (isSampleFacts(details)) this.#sample = details;
        this.#changed();
      },
      onGivenUp: (reason) => {
        const text = this.#describeFailure(name, `does not start (${reason})`);
        if (CORE.includes(name)) this.#failure = new StartError(text);
        else log.error({}, text);
        this.#changed();
      },
    });
    this.#roles.set(name, role);
  }

  /** Only the start after a kill -9 reads it, so a disk that is full now stops nothing. */
  #remember(name: RoleName, pid: number): void {
    try {
      this.#register.add(name, pid);
    } catch (error) {
      this.#book.log.warn({ err: error, role: name }, "a process could not be noted for the next start");
    }
  }

  /** The installation serves without its sample, so a sample that does not work stops nothing. */
  async #untilSample(): Promise<void> {
    const isDone = () =>
      (this.#sample !== null && this.#sample.state !== "preparing") || this.#parts.sample === "down";
    await this.#until(isDone, limits.supervisor.sampleReadyMs, () => undefined);
  }

  #become(part: string, state: PartState): void {
    this.#parts[part] = state;
    for (const role of this.#roles.values()) role.send({ type: "parts", parts: this.#parts });
    this.#changed();
  }

  async #until(isDone: () => boolean, timeoutMs: number, onTimeout: () => void): Promise<void> {
    const deadline = AbortSignal.any([this.#options.signal, AbortSignal.timeout(timeoutMs)]);
    deadline.addEventListener("abort", () => this.#changed(), { once: true });
    while (!isDone()) {
      this.#continue();
      if (deadline.aborted) return onTimeout();
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #continue(): void {
    if (this.#failure) throw this.#failure;
    if (this.#options.signal.aborted) throw new StartError("Stopped before it was ready.");
  }

  #describeFailure(role: string, what: string): string {
    const lines = this.#book.lastLines(role).map((line) => `    ${line}`);
    const file = path.join(this.#config.dataDir, "logs", `${role}.log`);
    return `The ${role} process ${what}. Its last lines (all in ${file}):\n${lines.join("\n")}`;
  }

  async stop(): Promise<void> {
    for (const name of DRAIN_ORDER) await this.#roles.get(name)?.stop();
    try {
      await this.#database?.stop();
    } finally {
      this.#register.clear();
      this.#book.log.info({}, "ended");
      this.#book.close();
      this.#lock.release();
    }
  }

  kill(): void {
    for (const role of this.#roles.values()) role.kill();
  }
}
