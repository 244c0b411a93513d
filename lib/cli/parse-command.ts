import { type ParseArgsConfig, parseArgs } from "node:util";
import { usageError } from "./cli-error.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./command-table.ts";

/** What a command line asks for. */
export type ParsedCommand =
  | { kind: "overview"; prefix: readonly string[] }
  | { kind: "help"; spec: CommandSpec }
  | {
      kind: "run";
      spec: CommandSpec;
      args: Record<string, string>;
      repeated: readonly string[];
      options: Record<string, string | boolean | undefined>;
    };

type Options = NonNullable<ParseArgsConfig["options"]>;
const optionsOf = (specs: Readonly<Record<string, OptionSpec>>): Options =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );

/** Reads a command line. Throws a usage error that says what is wrong and what would be right. */
export function parseCommand(argv: readonly string[]): ParsedCommand {
  const every = Object.assign({}, GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options)) as Record<
    string,
    OptionSpec
  >;
  // A first, lenient look finds the command; which flags it takes is known only then.
  const { positionals: words, values } = parseArgs({
    args: [...argv],
    options: optionsOf(every),
    allowPositionals: true,
    allowNegative: true,
    strict: false,
  });
  const spec = COMMANDS.find(({ path }) => path.every((word, index) => words[index] === word));
  if (!spec) {
    const isGroup = words.length > 0 && COMMANDS.some(({ path }) => path.length > 1 && path[0] === words[0]);
    if (words.length === 0 || words[0] === "help") return { kind: "overview", prefix: [] };
    if (isGroup && (words.length === 1 || values.help === true))
      return { kind: "overview", prefix: words.slice(0, 1) };
    throw usageError(
      `There is no command ${JSON.stringify(words.slice(0, 2).join(" "))}.`,
      "`mcpstack --help` lists them.",
    );
  }
  if (values.help === true) return { kind: "help", spec };
  return { kind: "run", spec, ...parseStrictly(spec, argv) };
}

function parseStrictly(spec: CommandSpec, argv: readonly string[]) {
  const specs: Record<string, OptionSpec> = { ...GLOBAL_OPTIONS, ...spec.options };
  const next = `\`mcpstack ${spec.path.join(" ")} --help\` shows what it takes.`;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...argv],
      options: optionsOf(specs),
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
  } catch (error) {
    if (
      error instanceof TypeError &&
      String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS")
    )
      throw usageError(error.message.split(". ")[0] ?? error.message, next);
    throw error;
  }
  const options = parsed.values as Record<string, string | boolean | undefined>;
  for (const [name, value] of Object.entries(options)) {
    const choices = specs[name]?.choices;
    if (choices && typeof value === "string" && !choices.includes(value))
      throw usageError(`--${name} must be one of ${choices.join(", ")}, not ${JSON.stringify(value)}.`);
  }
  const given = parsed.positionals.slice(spec.path.length);
  const missing = spec.args.find(({ isOptional }, index) => !isOptional && given[index] === undefined);
  if (missing) throw usageError(`The command ${spec.path.join(" ")} needs <${missing.name}>.`, next);
  const surplus = given[spec.args.length];
  const isRepeated = spec.args.at(-1)?.isRepeated === true;
  if (surplus !== undefined && !isRepeated)
    throw usageError(`${JSON.stringify(surplus)} is one argument too many for ${spec.path.join(" ")}.`, next);
  return {
    args: Object.fromEntries(
      spec.args.flatMap(({ name }, index) => {
        const value = given[index];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    repeated: isRepeated ? given.slice(spec.args.length - 1) : [],
    options,
  };
}
