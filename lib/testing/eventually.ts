import { vi } from "vitest";

const EVENTUALLY_MS_MAX = 30_000;
const LOOK_AGAIN_MS = 10;

/**
 * Resolves with what `assertion` returns as soon as it holds. A machine may be busy with other tests: how soon is for
 * benches to say; a test only says that it happens.
 *
 * @throws what the assertion threw last, after 30 s.
 */
export const eventually = <T>(assertion: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(assertion, { timeout: EVENTUALLY_MS_MAX, interval: LOOK_AGAIN_MS });
