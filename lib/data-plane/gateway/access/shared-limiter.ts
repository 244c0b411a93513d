import { randomUUID } from "node:crypto";
import { Redis, type Result } from "ioredis";
import type { Log } from "#lib/domain/access/index.ts";
import { limits as bounds } from "#lib/kernel/limits.ts";
import {
  type CallLimit,
  type CallLimiter,
  type LimitVerdict,
  WINDOW_MS,
  waitForRoom,
} from "./call-limits.ts";
import { LocalLimiter } from "./local-limiter.ts";

/** A place that was never given back, e.g. because its node died, is free again after this long. */
const LEASE_MS = bounds.mcp.toolCallDurationMsMax + 30_000;

/**
 * Checks all limits and, when all leave room, counts in all. By the clock of the server, which all nodes share.
 * KEYS: one per limit. ARGV: calls, window, lease, id of the request, then kind and max of each limit.
 * Answers {0}, or {index of the limit, previous, current, offset}.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local calls, window, lease, id = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local minute, offset = math.floor(now / window), now % window
for i, key in ipairs(KEYS) do
  local max = tonumber(ARGV[4 + 2 * i])
  if ARGV[3 + 2 * i] == 'at_once' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if redis.call('ZCARD', key) + calls > max then return {i, 0, 0, 0} end
  else
    local counts = redis.call('HMGET', key, minute - 1, minute)
    local previous, current = tonumber(counts[1]) or 0, tonumber(counts[2]) or 0
    if previous * (window - offset) / window + current + calls > max then return {i, previous, current, offset} end
  end
end
for i, key in ipairs(KEYS) do
  if ARGV[3 + 2 * i] == 'at_once' then
    for call = 1, calls do redis.call('ZADD', key, now + lease, id .. ':' .. call) end
    redis.call('PEXPIRE', key, lease)
  else
    if redis.call('HINCRBY', key, minute, calls) == calls then redis.call('HDEL', key, minute - 2, minute - 3) end
    redis.call('PEXPIRE', key, 2 * window)
  end
end
return {0}
`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    takeCallLimits(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<[number, number?, number?, number?], Context>;
  }
}

interface SharedLimiterOptions {
  url: string;
  /** Decides whenever Redis does not answer in time. */
  local: CallLimiter;
  log: Log;
  timeoutMs: number;
  monotonicMs: () => number;
}

/**
 * Counts the calls of all nodes together in Redis, in one round trip per request. A Redis that is away or slow holds up
 * nothing: this node then counts alone, says so once, asks now and then, and goes back when Redis answers again.
 */
class SharedLimiter implements CallLimiter {
  readonly #redis: Redis;
  readonly #local: CallLimiter;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #monotonicMs: () => number;
  #isAway = false;
  /** While away: before this, nobody asks. */
  #askAgainMs = 0;

  constructor({ url, local, log, timeoutMs, monotonicMs }: SharedLimiterOptions) {
    this.#local = local;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
    this.#monotonicMs = monotonicMs;
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: bounds.gateways.sharedCounterConnectTimeoutMs,
      // A connection on which nothing is answered is given up, with all that waits on it.
      socketTimeout: bounds.gateways.sharedCounterConnectTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 200, bounds.gateways.sharedCounterRetryMsMax),
    });
    this.#redis.defineCommand("takeCallLimits", { lua: TAKE });
    // Every failed try to connect arrives here; the first one of an outage is told.
    this.#redis.on("error", (error: Error) => this.#failed(error));
  }

  take(limits: readonly CallLimit[], calls: number): LimitVerdict | Promise<LimitVerdict> {
    if (!this.#isAway) return this.#ask(limits, calls);
    const nowMs = this.#monotonicMs();
    if (nowMs < this.#askAgainMs) return this.#local.take(limits, calls);
    // One call finds out for all the others.
    this.#askAgainMs = nowMs + this.#timeoutMs + bounds.gateways.sharedCounterProbeMs;
    return this.#ask(limits, calls);
  }

  async #ask(limits: readonly CallLimit[], calls: number): Promise<LimitVerdict> {
    const id = randomUUID();
    const keys = limits.map(({ key, kind }) => `mcpstack:limit:${kind}:${key}`);
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const answer = this.#redis.takeCallLimits(
      keys.length,
      ...keys,
      calls,
      WINDOW_MS,
      LEASE_MS,
      id,
      ...limits.flatMap(({ kind, max }) => [kind, max]),
    );
    // What Redis took although nobody waited for it any more is given back.
    answer.then(
      ([refused]) => {
        if (isLate && refused === 0) this.#release(limits, keys, id, calls);
      },
      () => undefined,
    );
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(new Error(`no answer within ${this.#timeoutMs} ms`));
      }, this.#timeoutMs);
    });
    try {
      const [refused, previous = 0, current = 0, offsetMs = 0] = await Promise.race([answer, late]);
      this.#recovered();
      const limit = limits[refused - 1];
      if (!limit) return { ok: true, release: this.#releaser(limits, keys, id, calls) };
      const retryAfterMs =
        limit.kind === "at_once" ? 1_000 : waitForRoom({ previous, current, offsetMs }, calls, limit.max);
      return { ok: false, limit, retryAfterMs };
    } catch (error) {
      this.#failed(error);
      return this.#local.take(limits, calls);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await this.#local.close();
  }

  #releaser(limits: readonly CallLimit[], keys: string[], id: string, calls: number): (() => void) | null {
    if (limits.every(({ kind }) => kind !== "at_once")) return null;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#release(limits, keys, id, calls);
    };
  }

  #release(limits: readonly CallLimit[], keys: readonly string[], id: string, calls: number): void {
    const members = Array.from({ length: calls }, (_, index) => `${id}:${index + 1}`);
    for (const [index, key] of keys.entries()) {
      if (limits[index]?.kind !== "at_once") continue;
      // A place that cannot be given back now is free again when its lease ends.
      this.#redis.zrem(key, ...members).catch((error: unknown) => this.#failed(error));
    }
  }

  #failed(error: unknown): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#askAgainMs = this.#monotonicMs() + bounds.gateways.sharedCounterProbeMs;
    this.#log.warn(
      { err: error },
      "Redis does not answer; the limits of callers count per node until it does",
    );
  }

  #recovered(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#log.info({}, "Redis answers again; the limits of callers count for all nodes together");
  }
}

/** A limiter over the Redis at `url` (`redis://` or `rediss://`). Connects by itself, now and after every outage. */
export const createSharedLimiter = (options: {
  url: string;
  monotonicMs: () => number;
  log: Log;
  /** How long a call may wait for Redis. Default: `limits.gateways.sharedCounterTimeoutMs`. */
  timeoutMs?: number;
}): CallLimiter =>
  new SharedLimiter({
    url: options.url,
    local: new LocalLimiter(options.monotonicMs),
    log: options.log,
    monotonicMs: options.monotonicMs,
    timeoutMs: options.timeoutMs ?? bounds.gateways.sharedCounterTimeoutMs,
  });
