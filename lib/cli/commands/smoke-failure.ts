import type { SmokeResult } from "#lib/contract/index.ts";
import { plainText } from "#lib/kernel/terminal-text.ts";
import type { CliIo } from "../cli-io.ts";

/** Tells what failed in a smoke, and what to do. */
export function tellFailure(io: CliIo, failure: SmokeResult["failure"], requestId: string | null): void {
  if (!failure) return;
  io.err(`Failed at ${failure.step}: ${plainText(failure.message)}\n  → ${plainText(failure.fix)}\n`);
  if (requestId) io.err(`  request ${plainText(requestId)}\n`);
}
