import { limits } from "#lib/kernel/limits.ts";
import { usageError } from "./cli-error.ts";
import { type CommandCall, textOption } from "./command.ts";

/** The JSON object of a flag, `-` for standard input; undefined when it was not given. Throws a usage error. */
export async function jsonObjectOption(
  call: CommandCall,
  flag: string,
): Promise<Record<string, unknown> | undefined> {
  const given = textOption(call, flag);
  if (given === undefined) return undefined;
  if (given === "-" && call.io.stdinIsTty)
    throw usageError(`--${flag} - reads standard input, which is a terminal here.`, "Pipe the JSON into it.");
  const text = given === "-" ? await call.io.readStdin(limits.http.bodyBytesMax) : given;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError(`--${flag} is not JSON.`, `Quote it for the shell: --${flag} '{"id": 7}'`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usageError(`--${flag} must be a JSON object.`, `For example: --${flag} '{"id": 7}'`);
  return value as Record<string, unknown>;
}
