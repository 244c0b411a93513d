import type { ReplayResult } from "#lib/contract/index.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { durationText } from "../call-text.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { jsonObjectOption } from "../json-argument.ts";
import { emit, facts } from "../output.ts";

const shown = (value: unknown): string => (value === undefined ? "nothing" : terminalJson(value));

/** Makes a tool call again and compares the answers; one that fails or differs is a failed gate. */
export const requestsReplay: CommandRun = async (call) => {
  const { io, session, format } = call;
  const given = await jsonObjectOption(call, "arguments");
  const api = await session.api();
  const path = `${await session.organizationPath()}/requests/${encodeURIComponent(argument(call, "request"))}/replay`;
  const result = await api.post<ReplayResult>(path, given === undefined ? {} : { arguments: given });
  emit(io, format, result, () => replayText(result));
  if (format === "table" && result.replay.failure !== null)
    io.err(`Failed: ${plainText(result.replay.failure)}\n`);
  return result.replay.status === "passed" && result.differences.length === 0 ? EXIT.ok : EXIT.gateFailed;
};

/** Both calls side by side, and where their answers differ. */
export function replayText({
  original,
  replay,
  differences,
  differencesAreCapped,
  isComparable,
}: ReplayResult): string {
  const summary = !isComparable
    ? "not comparable: the answer of one of them was not recorded"
    : differences.length === 0
      ? "none"
      : `${differencesAreCapped ? "more than " : ""}${differences.length}`;
  return (
    facts([
      ["Original", `${original.outcome} in ${durationText(original.durationMs)}, ${original.requestId}`],
      [
        "Replay",
        `${replay.outcome} in ${durationText(replay.durationMs)}, ${replay.requestId ?? "no request id"}`,
      ],
      ["Status", replay.status],
      ["Differences", summary],
    ]) +
    differences
      .map(
        ({ path, before, after }) =>
          `\n${facts([
            ["At", path === "" ? "the whole answer" : path],
            ["Before", shown(before)],
            ["After", shown(after)],
          ])}`,
      )
      .join("")
  );
}
