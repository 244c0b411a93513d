import { type Config, ConfigError, loadConfig } from "#lib/config/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createLog, type Log } from "#lib/telemetry/index.ts";
import { type PartState, ROLES, type RoleHost, type RoleName, type RunningRole } from "./role.ts";
import { loadRole } from "./roles.ts";

/** What the supervisor tells a role's process. */
export interface SupervisorMessage {
  type: "parts";
  parts: Record<string, PartState>;
}

/**
 * Runs one role in this process until SIGTERM, SIGINT or the end of the supervisor; then drains it and ends the
 * process, by force after the role's time to drain.
 */
export async function runRole(name: RoleName, config: Config, log: Log): Promise<void> {
  let running: RunningRole | null = null;
  let ending = false;
  let parts: Record<string, PartState> = {};
  const isChild = process.connected === true;
  let wake = Promise.withResolvers<void>();
  const host: RoleHost = {
    isSupervised: isChild,
    parts: () => parts,
    async whenReady(part) {
      while (isChild && !ending && parts[part] !== "ready") await wake.promise;
    },
    announce: (details) => tell({ type: "announce", details }),
  };

  const end = async (reason: string) => {
    if (ending) return;
    ending = true;
    wake.resolve();
    setTimeout(() => {
      log.error({ drainMs: limits.supervisor.drainMs[name] }, "not drained in time; ending by force");
      process.exit(1);
    }, limits.supervisor.drainMs[name]).unref();
    log.info({ reason }, "ending");
    try {
      await running?.close();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "could not end in order");
      process.exit(1);
    }
  };
  const crash = (error: unknown) => {
    log.error({ err: error }, "crashed");
    process.exit(1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  process.on("SIGTERM", () => void end("SIGTERM"));
  // Ctrl-C reaches the supervisor, which decides about its children.
  process.on("SIGINT", () => void (isChild || end("SIGINT")));
  process.on("disconnect", () => void end("the supervisor is gone"));
  process.on("message", (message: SupervisorMessage) => {
    if (message.type !== "parts") return;
    parts = message.parts;
    wake.resolve();
    wake = Promise.withResolvers();
  });
  // When the supervisor is killed nobody reads our output any more; that must not stop the draining.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  const start = await loadRole(name);
  running = await start(config, host);
  log.info({}, `${name} runs`);
  tell({ type: "ready" });
}

const tell = (message: object) => {
  if (process.connected) process.send?.(message, () => undefined);
};

/** The entry of a child process: `run-role.ts <role>`. */
async function main(): Promise<void> {
  const name = ROLES.find((role) => role === process.argv[2]);
  if (!name) throw new Error(`Give one of the roles: ${ROLES.join(", ")}.`);
  const config = loadConfig();
  process.title = `mcpstack ${name}`;
  await runRole(name, config, createLog({ name, level: config.logLevel }));
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const text =
      error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  });
}
