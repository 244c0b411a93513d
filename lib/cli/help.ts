import type { CommandSpec, OptionSpec } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./command-table.ts";

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
};

const usageOf = (spec: CommandSpec): string =>
  [
    "mcpstack",
    ...spec.path,
    ...spec.args.map(
      ({ name, isOptional, isRepeated }) =>
        (isOptional ? `[${name}]` : `<${name}>`) + (isRepeated ? "…" : ""),
    ),
  ].join(" ");

const optionRows = (options: Readonly<Record<string, OptionSpec>>): [string, string][] =>
  Object.entries(options).map(([name, { short, value, summary }]) => [
    `${short ? `-${short}, ` : ""}--${name}${value ? ` <${value}>` : ""}`,
    summary,
  ]);

/** What one command takes. */
export const helpOf = (spec: CommandSpec): string =>
  [
    `${spec.summary}.\n\nUsage: ${usageOf(spec)} [options]\n`,
    Object.keys(spec.options).length > 0 ? `\nOptions:\n${columns(optionRows(spec.options))}` : "",
    `\nEverywhere:\n${columns(optionRows(globalsOf(spec)))}`,
  ].join("");

/** What every command takes, without what this one means differently. */
const globalsOf = ({ options }: CommandSpec): Record<string, OptionSpec> =>
  Object.fromEntries(Object.entries(GLOBAL_OPTIONS).filter(([name]) => !Object.hasOwn(options, name)));

/** All commands whose path begins with `prefix`. */
export const overviewOf = (prefix: readonly string[] = []): string =>
  [
    "Usage: mcpstack <command> [options]\n\nCommands:\n",
    columns(
      COMMANDS.filter(({ path }) => prefix.every((word, index) => path[index] === word)).map((spec) => [
        usageOf(spec).slice("mcpstack ".length),
        spec.summary,
      ]),
    ),
    `\nEverywhere:\n${columns(optionRows(GLOBAL_OPTIONS))}`,
    "\nExit codes: 0 ok, 1 error, 2 usage, 3 gate failed, 4 not signed in, 5 not found or forbidden,\n6 conflict, 7 limit, 8 timeout, 130 interrupted.\n",
  ].join("");
