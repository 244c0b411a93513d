import type { Outcome } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { RpcId } from "./messages.ts";

/** What a JSON-RPC response says about the request it answers. */
export interface Answer {
  id: RpcId;
  outcome: Extract<Outcome, "ok" | "tool_error" | "protocol_error">;
  rpcErrorCode: number | null;
  error: string | null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The answers in a response body or event: one, several for a batch, none for a notification or a server's request. */
export function readAnswers(value: unknown): Answer[] {
  if (Array.isArray(value)) {
    return value
      .slice(0, limits.mcp.batchMessagesMax)
      .flatMap((item) => (Array.isArray(item) ? [] : readAnswers(item)));
  }
  if (!isObject(value) || typeof value.method === "string") return [];
  const id = typeof value.id === "string" || typeof value.id === "number" ? value.id : null;
  if (value.error !== undefined) {
    const error = isObject(value.error) ? value.error : {};
    return [
      {
        id,
        outcome: "protocol_error",
        rpcErrorCode: typeof error.code === "number" && Number.isSafeInteger(error.code) ? error.code : null,
        error: publicText(error.message),
      },
    ];
  }
  if (value.result === undefined) return [];
  if (isObject(value.result) && value.result.isError === true) {
    return [{ id, outcome: "tool_error", rpcErrorCode: null, error: firstText(value.result.content) }];
  }
  return [{ id, outcome: "ok", rpcErrorCode: null, error: null }];
}

/** The text that a tool gave with its error. */
function firstText(content: unknown): string | null {
  if (!Array.isArray(content)) return null;
  const item: unknown = content.find((entry) => isObject(entry) && entry.type === "text");
  return isObject(item) ? publicText(item.text) : null;
}

const publicText = (value: unknown): string | null =>
  typeof value === "string" ? value.slice(0, limits.mcp.errorCharactersMax) : null;
