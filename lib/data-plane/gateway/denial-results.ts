import type { Era } from "#lib/contract/index.ts";
import type { Denial } from "./access/index.ts";
import type { RpcId } from "./messages.ts";

/**
 * A tool call that a limit stopped, answered as a result with `isError`: agents read results, while many clients swallow
 * errors of the protocol. The message ends with the request id.
 */
export function deniedResultText(
  id: RpcId,
  { reason, error, limit }: Denial,
  { era, requestId }: { era: Era | null; requestId: string },
): string {
  const { message, retryable, retryAfterSeconds } = error;
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    result: {
      ...(era === "modern" ? { resultType: "complete" } : {}),
      content: [{ type: "text", text: `${message} (request ${requestId})` }],
      isError: true,
      structuredContent: {
        code: reason,
        ...limit,
        retryable,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        requestId,
      },
    },
  });
}
