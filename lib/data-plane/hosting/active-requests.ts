import { decodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The UUID of a request id in wire form (`req_…`) or bare; null when it is neither. */
export const requestUuid = (id: string): string | null => (UUID.test(id) ? id : decodeId("req", id));

/**
 * The exchanges that one runtime serves. What it says about itself (console lines, outbound calls) is attributed only
 * to one of these, so a request id that tenant code invents counts for nothing.
 */
export interface ActiveRequests {
  begin(requestId: string): void;
  end(requestId: string): void;
  /** The UUID of `claimed` when this runtime serves it or just did; null otherwise. */
  resolve(claimed: unknown): string | null;
  /** The one exchange in flight; null when there are none or several. */
  only(): string | null;
}

export function createActiveRequests(monotonicMs: () => number): ActiveRequests {
  const open = new Map<string, number>();
  /** Ended exchanges by when they ended, oldest first. */
  const ended = new Map<string, number>();
  const forgetOld = (nowMs: number): void => {
    for (const [id, endedAtMs] of ended) {
      const isOld = nowMs - endedAtMs > limits.runtime.requestAttributionMs;
      if (!isOld && ended.size <= limits.runtime.requestsRememberedMax) return;
      ended.delete(id);
    }
  };
  return {
    begin(requestId) {
      const id = requestUuid(requestId);
      if (id !== null) open.set(id, (open.get(id) ?? 0) + 1);
    },
    end(requestId) {
      const id = requestUuid(requestId);
      if (id === null) return;
      const count = open.get(id) ?? 0;
      if (count > 1) open.set(id, count - 1);
      else {
        open.delete(id);
        const nowMs = monotonicMs();
        ended.delete(id);
        ended.set(id, nowMs);
        forgetOld(nowMs);
      }
    },
    resolve(claimed) {
      const id = typeof claimed === "string" ? requestUuid(claimed) : null;
      if (id === null) return null;
      if (open.has(id)) return id;
      const endedAtMs = ended.get(id);
      const isRecent =
        endedAtMs !== undefined && monotonicMs() - endedAtMs <= limits.runtime.requestAttributionMs;
      return isRecent ? id : null;
    },
    only() {
      if (open.size !== 1) return null;
      return open.keys().next().value ?? null;
    },
  };
}
