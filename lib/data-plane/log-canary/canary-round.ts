import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { ServerFrame } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";

const { linesPerRound, lostMs, storePollMs } = limits.canary;

/** One line as it was seen. */
export interface SeenLine {
  /** Its place in the round, from 1. */
  n: number;
  /** When the code wrote it, epoch milliseconds. */
  writtenMs: number;
}

export interface RoundParts {
  /** The log stream of the canary's server on this very edge, and what to present there. */
  streamUrl: () => string;
  credentials: { authorization: string };
  /** Runs the canary's code once: it writes `lines` lines, each `prefix` and a number. */
  write(prefix: string, lines: number): Promise<void>;
  /** The lines with `prefix` that the store has. */
  stored(prefix: string, sinceMs: number): Promise<readonly { message: string; writtenMs: number }[]>;
  clock: Clock;
}

/** What became of the lines of one round. */
export interface Round {
  sent: number;
  missing: number;
  duplicated: number;
  reordered: number;
  viewerLagMs: number | null;
  storeLagMs: number | null;
  problem: string | null;
}

/**
 * Writes `limits.canary.linesPerRound` lines and waits until a viewer and the store have them, at most
 * `limits.canary.lostMs`. Never rejects: what failed is the finding.
 */
export async function runRound(parts: RoundParts, nonce: string, signal: AbortSignal): Promise<Round> {
  const { clock } = parts;
  const startedMs = clock.nowMs();
  const prefix = `mcpstack canary ${nonce} `;
  const until = AbortSignal.any([signal, AbortSignal.timeout(lostMs)]);
  const viewed: SeenLine[] = [];
  let viewerLagMs: number | null = null;
  let storeLagMs: number | null = null;
  const problems: string[] = [];
  const fail = (what: string, error: unknown): void => {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  };

  const viewer = watch(parts, prefix, (line) => {
    viewed.push(line);
    viewerLagMs = Math.max(viewerLagMs ?? 0, clock.nowMs() - line.writtenMs);
  });
  try {
    await viewer.isOpen(until);
    await parts.write(prefix, linesPerRound);
    await Promise.all([
      viewer.hasAll(until).catch((error: unknown) => fail("A viewer did not get all lines", error)),
      storeHasAll(parts, prefix, startedMs, until).then(
        (writtenMs) => {
          storeLagMs = clock.nowMs() - writtenMs;
        },
        (error: unknown) => fail("The store did not get all lines", error),
      ),
    ]);
  } catch (error) {
    fail("The lines could not be written or watched", error);
  } finally {
    viewer.close();
  }
  const places = viewed.map(({ n }) => n);
  const distinct = new Set(places);
  return {
    sent: linesPerRound,
    missing: linesPerRound - distinct.size,
    duplicated: places.length - distinct.size,
    reordered: places.filter((n, index) => index > 0 && n < (places[index - 1] ?? 0)).length,
    viewerLagMs: distinct.size === linesPerRound ? viewerLagMs : null,
    storeLagMs,
    problem: problems.length === 0 ? null : problems.join(" "),
  };
}

/** The place of a canary line; null for any other line. */
export function placeOf(message: string, prefix: string): number | null {
  const n = message.startsWith(prefix) ? Number(message.slice(prefix.length)) : Number.NaN;
  return Number.isInteger(n) ? n : null;
}

function watch(parts: RoundParts, prefix: string, onLine: (line: SeenLine) => void) {
  const socket = new WebSocket(parts.streamUrl(), { headers: parts.credentials, perMessageDeflate: false });
  const missing = new Set(Array.from({ length: linesPerRound }, (_, index) => index + 1));
  const opened = Promise.withResolvers<void>();
  const complete = Promise.withResolvers<void>();
  // Whoever waits is told; one that nobody waits for is no failure of its own.
  for (const { promise } of [opened, complete]) promise.catch(() => undefined);
  const end = (error: Error): void => {
    opened.reject(error);
    complete.reject(error);
  };
  socket.on("error", end);
  socket.on("close", (code) => end(new Error(`the stream was closed with ${code}`)));
  socket.on("message", (data) => {
    const frame = ServerFrame.parse(JSON.parse(String(data)));
    if (frame.type === "hello") opened.resolve();
    if (frame.type !== "logs") return;
    for (const { message, timestamp } of frame.entries) {
      const n = placeOf(message, prefix);
      if (n === null) continue;
      onLine({ n, writtenMs: timestamp });
      missing.delete(n);
      if (missing.size === 0) complete.resolve();
    }
  });
  return {
    isOpen: (signal: AbortSignal) => before(opened.promise, signal),
    hasAll: (signal: AbortSignal) => before(complete.promise, signal),
    close: () => socket.terminate(),
  };
}

async function storeHasAll(
  parts: RoundParts,
  prefix: string,
  sinceMs: number,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const lines = await before(parts.stored(prefix, sinceMs), signal);
    if (new Set(lines.map(({ message }) => placeOf(message, prefix))).size === linesPerRound)
      return Math.min(...lines.map(({ writtenMs }) => writtenMs));
    await delay(storePollMs, undefined, { signal, ref: false });
  }
}

/** `work`, or a rejection as soon as `signal` is given. */
async function before<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const over = new AbortController();
  try {
    return await Promise.race([
      work,
      once(signal, "abort", { signal: over.signal }).then(() => {
        throw new Error(`nothing within ${lostMs} ms`);
      }),
    ]);
  } finally {
    over.abort();
  }
}
