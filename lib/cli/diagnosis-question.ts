import type { DiagnoseInput, Symptom } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { usageError } from "./cli-error.ts";
import { type CommandCall, textOption } from "./command.ts";
import { momentOf } from "./moment.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What is asked on the command line, as the API takes it. Throws a usage error for times and lengths that are none. */
export function questionOf(call: CommandCall): DiagnoseInput {
  const at = textOption(call, "at");
  const window = textOption(call, "window");
  const symptom = textOption(call, "symptom");
  const given = {
    server: call.args.server,
    agent: textOption(call, "agent"),
    tool: textOption(call, "tool"),
    client: textOption(call, "client"),
    requestId: textOption(call, "request"),
    // The command table allows only symptoms.
    symptom: symptom as Symptom | undefined,
    at: at === undefined ? undefined : momentOf("at", at, call.io.nowMs()),
    windowMs: window === undefined ? undefined : windowMsOf(window),
    probe: call.options.probe === false ? false : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function windowMsOf(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  const { windowMsMin, windowMsMax } = limits.incidents;
  if (ms >= windowMsMin && ms <= windowMsMax) return ms;
  throw usageError(
    `--window ${JSON.stringify(text)} is no length of ${windowMsMin / 60_000}m to ${windowMsMax / 86_400_000}d.`,
    "For example: --window 30m, --window 2h or --window 1d.",
  );
}
