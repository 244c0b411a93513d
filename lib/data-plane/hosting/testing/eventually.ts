import { vi } from "vitest";

/** Waits until `assertion` holds; generous, because the machine may be busy with other things. */
export const eventually = <T>(assertion: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> =>
  vi.waitFor(assertion, { timeout: timeoutMs, interval: 10 });
