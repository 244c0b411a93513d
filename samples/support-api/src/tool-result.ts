import type { CallToolResult } from "@modelcontextprotocol/server";
import { SupportApiError } from "./ticket-api.ts";

/** A result that both a model and a program can read. */
export const answer = (structuredContent: Record<string, unknown>): CallToolResult => ({
  content: [{ type: "text", text: JSON.stringify(structuredContent, null, 2) }],
  structuredContent,
});

/**
 * Runs a tool and logs it. A failure of the support API becomes an `isError` result that tells the model what to do
 * differently; anything else is a defect of ours and passes on.
 */
export async function asTool(
  name: string,
  input: object,
  run: () => Promise<Record<string, unknown>>,
): Promise<CallToolResult> {
  console.info("%s %s", name, JSON.stringify(input));
  const startedAt = Date.now();
  try {
    const result = answer(await run());
    console.log("%s done in %d ms", name, Date.now() - startedAt);
    return result;
  } catch (error) {
    if (!(error instanceof SupportApiError)) {
      console.error("%s failed:", name, error);
      throw error;
    }
    console.warn("%s refused: %s", name, error.message);
    return { isError: true, content: [{ type: "text", text: error.message }] };
  }
}
