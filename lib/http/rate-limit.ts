import { addressGroup } from "#lib/kernel/address-group.ts";
import type { Clock } from "#lib/kernel/clock.ts";

export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until at least one more request is allowed; 0 when one is now. */
  readonly retryAfterSeconds: number;
  /** Seconds until the whole limit is available again. */
  readonly resetSeconds: number;
}

export interface RateLimiterOptions {
  clock: Clock;
  windowSeconds: number;
  /** Keys remembered; the one unseen for longest is forgotten first. */
  keysMax: number;
}

/**
 * A token bucket per key, in this process: `limit` requests may come at once, and flow back evenly over the window.
 * Bounded memory: forgetting a key gives it a full bucket again, never an empty one.
 */
export function createRateLimiter(options: RateLimiterOptions) {
  const { clock, windowSeconds, keysMax } = options;
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  /** Takes one request of `key` out of `limit` per window. */
  const take = (key: string, limit: number): RateDecision => {
    const nowMs = clock.monotonicMs();
    const perMs = limit / (windowSeconds * 1000);
    const bucket = buckets.get(key);
    const refilled =
      bucket === undefined ? limit : Math.min(limit, bucket.tokens + (nowMs - bucket.atMs) * perMs);
    const allowed = refilled >= 1;
    const tokens = allowed ? refilled - 1 : refilled;
    buckets.delete(key);
    buckets.set(key, { tokens, atMs: nowMs });
    if (buckets.size > keysMax) {
      const oldest = buckets.keys().next();
      if (!oldest.done) buckets.delete(oldest.value);
    }
    return {
      allowed,
      limit,
      remaining: Math.floor(tokens),
      retryAfterSeconds: tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs / 1000),
      resetSeconds: Math.ceil((limit - tokens) / perMs / 1000),
    };
  };
  return { take, size: () => buckets.size };
}

/** The bucket of an address. */
export const addressKey = (address: string): string => `address:${addressGroup(address)}`;

/** The fields of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(
  decision: RateDecision,
  policy: string,
  windowSeconds: number,
): [string, string][] {
  return [
    ["ratelimit-policy", `"${policy}";q=${decision.limit};w=${windowSeconds}`],
    ["ratelimit", `"${policy}";r=${decision.remaining};t=${decision.resetSeconds}`],
  ];
}
