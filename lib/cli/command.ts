import type { CliIo } from "./cli-io.ts";
import type { ExitCode } from "./exit-code.ts";
import type { OutputFormat } from "./output.ts";
import type { Session } from "./session.ts";

/** One flag of a command. */
export interface OptionSpec {
  type: "string" | "boolean";
  summary: string;
  /** How help names the value. */
  value?: string;
  short?: string;
  /** Closed lists are checked and completed. */
  choices?: readonly string[];
}

/** What a command is given. */
export interface CommandCall {
  io: CliIo;
  session: Session;
  format: OutputFormat;
  /** Positional arguments by name; an optional one that was left out is missing. */
  args: Readonly<Record<string, string>>;
  /** All values of the argument that may be repeated, the first one included; empty where there is none. */
  repeated: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  /** Every command, for those that speak about the others. */
  commands: readonly CommandSpec[];
  globalOptions: Readonly<Record<string, OptionSpec>>;
}

export type CommandRun = (call: CommandCall) => Promise<ExitCode>;

/** One command as the table knows it; its code is loaded only when it runs. */
export interface CommandSpec {
  path: readonly [string, ...string[]];
  summary: string;
  /** Only the last one may be repeated. */
  args: readonly { name: string; isOptional?: boolean; isRepeated?: boolean }[];
  options: Readonly<Record<string, OptionSpec>>;
  load(): Promise<CommandRun>;
}

/** A string flag; undefined when it was not given. */
export const textOption = (call: CommandCall, name: string): string | undefined => {
  const value = call.options[name];
  return typeof value === "string" ? value : undefined;
};

/** A required argument. The parser has made sure of it. */
export function argument(call: CommandCall, name: string): string {
  const value = call.args[name];
  if (value === undefined) throw new Error(`the argument ${name} was not parsed`);
  return value;
}
