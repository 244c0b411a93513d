import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";

export interface LeadershipOptions {
  url: string;
  /** Any constant: processes with the same key compete. */
  key: number;
  /** How often a process that is not the leader tries. */
  pollMs: number;
  /** How often the leader makes sure that it still is. */
  checkMs: number;
  /** Ends the competition; a leader lets go. */
  signal: AbortSignal;
  /** Called with every failure to reach the database; trying goes on. */
  onProblem(error: unknown): void;
}

/**
 * Calls `lead` whenever this process is the only leader of all that share the database, with a signal that is aborted
 * when leadership ends. The lock lives in one connection: when that breaks, the database gives the lock to another
 * process, and this one competes again after its `lead` has returned. Resolves when `signal` is aborted.
 */
export async function competeForLeadership(
  options: LeadershipOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    const connection = postgres(options.url, {
      max: 1,
      connect_timeout: 5,
      max_lifetime: null,
      onnotice: () => undefined,
      connection: { application_name: "mcpstack-leader", statement_timeout: 5_000 },
    });
    try {
      await holdOnce(connection, options, lead);
    } catch (error) {
      options.onProblem(error);
    } finally {
      await connection.end({ timeout: 1 });
    }
    await pause(options.pollMs, signal);
  }
}

/** Returns when the lock could not be had, or was lost, or is not wanted any more. */
async function holdOnce(
  connection: postgres.Sql,
  { key, checkMs, signal }: LeadershipOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const [row] = await connection<{ won: boolean; backend: number }[]>`
    select pg_try_advisory_lock(${key}) as won, pg_backend_pid() as backend`;
  if (!row?.won) return;
  const term = new AbortController();
  const end = () => term.abort();
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const leading = lead(term.signal).finally(end);
  // Its failure is reported where it is awaited below.
  leading.catch(() => undefined);
  try {
    while (await pause(checkMs, term.signal)) {
      const [now] = await connection<{ backend: number }[]>`select pg_backend_pid() as backend`;
      // Another backend means that the connection was lost and made again, without the lock.
      if (now?.backend !== row.backend)
        throw new Error("The connection that held the leader's lock was lost.");
    }
  } finally {
    end();
    signal.removeEventListener("abort", end);
    await leading;
  }
}

/** False when `signal` ended the wait. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  delay(ms, true, { signal }).catch(() => false);
