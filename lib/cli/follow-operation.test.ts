import { expect, test } from "vitest";
import type { Operation } from "#lib/contract/index.ts";
import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-code.ts";
import { tellEnd } from "./follow-operation.ts";

/** How a publish ended whose tools/list step failed with these words, as the CLI tells it. */
function told(detail: string | null) {
  let text = "";
  const err = (more: string) => {
    text += more;
  };
  const io = { err } as unknown as CliIo;
  const operation = {
    kind: "publish",
    state: "failed",
    error: detail ?? "The process that ran this operation ended before it did.",
    log: [],
    steps: [{ name: "tools/list legacy", state: "failed", detail, durationMs: null }],
  } as unknown as Operation;
  return { exitCode: tellEnd(io, operation), text };
}

test("a gate that judged the code ends with 3; one that was cut short with its worker does not blame the code", () => {
  const judged = told("The server failed with HTTP 500.");
  expect(judged.exitCode).toBe(EXIT.gateFailed);
  expect(judged.text).toContain("Correct the code");
  const cutShort = told(null);
  expect(cutShort.exitCode).toBe(EXIT.error);
  expect(cutShort.text).not.toContain("Correct the code");
  expect(cutShort.text).toContain("run it again");
});
