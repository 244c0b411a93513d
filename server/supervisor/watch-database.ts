import type { EmbeddedPostgres } from "#lib/db/embedded/index.ts";
import type { Log } from "#lib/telemetry/index.ts";
import type { PartState } from "../role.ts";

export interface WatchedDatabaseOptions {
  /** Starts the server again, on `port` when it is free. */
  start(port: number): Promise<EmbeddedPostgres>;
  log: Log;
  onState(state: PartState): void;
  /** The server runs at another URL now. */
  onMoved(url: string): void;
  bounds: {
    databasePollMs: number;
    databaseProbeMs: number;
    databaseSilentMs: number;
    stoppingMs: number;
    restartDelayMsMin: number;
    restartDelayMsMax: number;
  };
  /** Waits; false when the watching is to end. */
  pause(ms: number): Promise<boolean>;
}

/**
 * Keeps the embedded database running until `pause` says to end, and answers the server that runs then.
 *
 * - Its process ended: it is started again.
 * - Somebody told it to shut down (SIGTERM): it lets nobody in any more, and lives as long as one of those who are in
 *   stays. After `stoppingMs` the shutdown is made a fast one, which keeps everything that was committed, and it is
 *   started again.
 * - It lives and lets nobody in (it recovers, or was stopped with a signal): the operator is told after
 *   `databaseSilentMs`, and again when it is over. It is not ended: a recovery would only start anew.
 */
export async function watchDatabase(
  server: EmbeddedPostgres,
  options: WatchedDatabaseOptions,
): Promise<EmbeddedPostgres> {
  const { bounds } = options;
  const watch = new Watch(server, options);
  while (await options.pause(bounds.databasePollMs)) await watch.look();
  return watch.server;
}

class Watch {
  server: EmbeddedPostgres;
  readonly #options: WatchedDatabaseOptions;
  /** Since when it shuts down; null when it does not. */
  #stoppingSinceMs: number | null = null;
  /** The last time that it let somebody in, and that this was tried. */
  #letInMs = performance.now();
  #probedMs = performance.now();
  #saidSilent = false;

  constructor(server: EmbeddedPostgres, options: WatchedDatabaseOptions) {
    this.server = server;
    this.#options = options;
  }

  async look(): Promise<void> {
    const { log, bounds } = this.#options;
    const status = this.server.status();
    if (status === "gone") {
      log.error({ server: this.server.pid }, "the embedded database ended; starting it again");
      await this.#restart();
    } else if (status === "stopping") {
      await this.#lookAtStopping();
    } else if (performance.now() - this.#probedMs >= bounds.databaseProbeMs) {
      await this.#probe();
    }
    this.#keepLogSmall();
  }

  async #lookAtStopping(): Promise<void> {
    const { log, bounds, onState } = this.#options;
    if (this.#stoppingSinceMs === null) {
      this.#stoppingSinceMs = performance.now();
      onState("down");
    }
    if (performance.now() - this.#stoppingSinceMs < bounds.stoppingMs) return;
    log.error(
      { server: this.server.pid },
      "something told the embedded database to shut down (SIGTERM), and it refuses new connections; starting it again",
    );
    await this.#restart();
  }

  async #probe(): Promise<void> {
    const { log, bounds, onState } = this.#options;
    const refusal = await this.server.refusal();
    this.#probedMs = performance.now();
    if (refusal === null) {
      if (this.#saidSilent) {
        // As loud as what it answers, so that who read of the trouble reads of its end.
        log.warn({ server: this.server.pid }, "the embedded database lets new connections in again");
        onState("ready");
      }
      this.#letInMs = this.#probedMs;
      this.#saidSilent = false;
    } else if (!this.#saidSilent && this.#probedMs - this.#letInMs >= bounds.databaseSilentMs) {
      this.#saidSilent = true;
      log.error(
        { server: this.server.pid, says: refusal },
        "the embedded database runs and lets no new connection in; waiting for it",
      );
      onState("down");
    }
  }

  async #restart(): Promise<void> {
    const { log, bounds, onState, onMoved, start, pause } = this.#options;
    const { port } = this.server;
    onState("down");
    let delayMs = bounds.restartDelayMsMin;
    for (;;) {
      try {
        await this.server.stop();
        this.server = await start(port);
        break;
      } catch (error) {
        log.error({ err: error, delayMs }, "the embedded database does not start; trying again");
        if (!(await pause(delayMs))) return;
        delayMs = Math.min(delayMs * 2, bounds.restartDelayMsMax);
      }
    }
    this.#stoppingSinceMs = null;
    this.#letInMs = performance.now();
    this.#saidSilent = false;
    onState("ready");
    log.warn({ server: this.server.pid, port: this.server.port }, "the embedded database runs again");
    if (this.server.port !== port) onMoved(this.server.url);
  }

  #keepLogSmall(): void {
    try {
      this.server.keepLogSmall();
    } catch (error) {
      this.#options.log.warn({ err: error }, "the database's message file cannot be kept small");
    }
  }
}
