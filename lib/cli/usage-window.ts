import { usageError } from "./cli-error.ts";
import { type CommandCall, textOption } from "./command.ts";
import { momentOf } from "./moment.ts";

const HOUR_MS = 3_600_000;
const FILTERS = [
  "server",
  "tool",
  "agent",
  "client",
  "source",
  "region",
  "outcome",
  "by",
  "compare",
] as const;

/** The window and the filters on the command line as query parameters. Throws a usage error for times that are none. */
export function usageParameters(call: CommandCall): URLSearchParams {
  const query = new URLSearchParams();
  const nowMs = call.io.nowMs();
  const window = textOption(call, "window");
  const from = textOption(call, "from");
  if (window !== undefined && from !== undefined)
    throw usageError("--window and --from both say where to begin.", "Use one of them.");
  if (window !== undefined) {
    if (!/^\d+[hd]$/.test(window))
      throw usageError(
        `--window ${JSON.stringify(window)} is no length.`,
        "For example: --window 24h or 7d.",
      );
    // A length ends with the hour under way, so that it has just its hours.
    query.set("from", momentOf("window", window, Math.ceil(nowMs / HOUR_MS) * HOUR_MS));
  }
  if (from !== undefined) query.set("from", momentOf("from", from, nowMs));
  const to = textOption(call, "to");
  if (to !== undefined) query.set("to", momentOf("to", to, nowMs));
  for (const name of FILTERS) {
    const value = textOption(call, name);
    if (value !== undefined && !(name in call.args)) query.set(name, value);
  }
  return query;
}
