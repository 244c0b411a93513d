import type { CallToolResult } from "@modelcontextprotocol/server";
import type { DomainError, ErrorCode } from "#lib/kernel/errors.ts";
import { plainText } from "#lib/kernel/terminal-text.ts";
import type { BoundedAnswer } from "./bounded-answer.ts";

/** The same for programs and for models that read only text. */
export const toolResult = ({ value, json }: BoundedAnswer): CallToolResult => ({
  content: [{ type: "text", text: json }],
  structuredContent: value,
});

/** What a model can do about an error that it cannot read from the error itself. */
const NEXT_OF_CODE: Partial<Record<ErrorCode, string>> = {
  not_found: "Check the id or name; this token sees one organization only.",
  forbidden: "Ask the person who made this token for one with that scope.",
  timeout: "Ask for a shorter window, or try once more.",
  unavailable: "Try again in a few seconds.",
  rate_limited: "Wait, then go on more slowly.",
  internal: "Tell the operator the request id.",
};

/** An error that the model may do something about. */
export function errorResult(error: DomainError, requestId: string): CallToolResult {
  const fields = error.errors
    .filter(({ message }) => !error.message.includes(message))
    .map(({ path, message }) => `${path}: ${message}`);
  const lines = [error.message, ...fields, NEXT_OF_CODE[error.code] ?? ""].filter((line) => line !== "");
  return {
    isError: true,
    content: [
      { type: "text", text: plainText(`${lines.join("\n")}\n(${error.code}, request ${requestId})`) },
    ],
  };
}
