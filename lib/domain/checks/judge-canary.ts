import type { Canary, ToolCallResult } from "#lib/contract/index.ts";

/**
 * The call of a canary with what its declaration demands: an answer without the expected text has failed. A call that
 * failed anyway stays as it is.
 */
export function judgeCanary(
  result: ToolCallResult,
  { expectedText }: Pick<Canary, "expectedText">,
): ToolCallResult {
  if (result.status === "failed" || expectedText === null || textOf(result).includes(expectedText))
    return result;
  return {
    ...result,
    status: "failed",
    failure: {
      step: "tools/call",
      code: "unexpected_answer",
      message: `The answer of ${result.tool} does not contain “${expectedText}”.`,
      fix: "Compare the answer with what the canary expects: either the tool or the expectation is out of date.",
    },
  };
}

/** What the answer says in text; of one without text, its structured content. */
function textOf({ content, structuredContent }: ToolCallResult): string {
  const texts = content.flatMap((part) => {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return type === "text" && typeof text === "string" ? [text] : [];
  });
  return texts.length > 0 ? texts.join("\n") : JSON.stringify(structuredContent ?? "");
}
