import { formatCount } from "#components/ui/numbers.ts";
import type { Gateway } from "#lib/contract/index.ts";

/** `60 calls a minute, 4 at once`; null without any limit. */
export function limitsText({
  callsPerMinuteMax,
  concurrentMax,
}: Pick<Gateway, "callsPerMinuteMax" | "concurrentMax">): string | null {
  const parts = [
    callsPerMinuteMax === null ? null : `${formatCount(callsPerMinuteMax)} calls a minute`,
    concurrentMax === null ? null : `${formatCount(concurrentMax)} at once`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(", ");
}
