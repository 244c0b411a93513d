import { plainText } from "#lib/kernel/terminal-text.ts";
import { CliError, usageError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandSpec } from "./command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./command-table.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "./output.ts";
import { type ParsedCommand, parseCommand } from "./parse-command.ts";

/**
 * Runs one command line (without `node` and the script) and answers the exit code. Data goes to standard output, all
 * talk to standard error. Never throws for what the user, the network or the API does.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    return await run(parseCommand(argv), io);
  } catch (error) {
    if (error instanceof CliError) {
      io.err(`mcpstack: ${plainText(error.message)}\n`);
      if (error.next !== "") io.err(`  → ${error.next}\n`);
      return error.exitCode;
    }
    const reason = error instanceof Error ? error.message : String(error);
    io.err(`mcpstack: ${plainText(reason)}\n`);
    if (io.env.MCPSTACK_DEBUG && error instanceof Error) io.err(`${error.stack}\n`);
    else io.err("  → This is a defect of mcpstack. MCPSTACK_DEBUG=1 shows where.\n");
    return EXIT.error;
  }
}

async function run(parsed: ParsedCommand, io: CliIo): Promise<ExitCode> {
  if (parsed.kind !== "run") {
    const { helpOf, overviewOf } = await import("./help.ts");
    io.out(parsed.kind === "help" ? helpOf(parsed.spec) : overviewOf(parsed.prefix));
    return EXIT.ok;
  }
  const { spec, args, repeated, options } = parsed;
  const format = formatOf(spec, options, io);
  const [command, { createSession }] = await Promise.all([spec.load(), import("./session.ts")]);
  const text = (name: string) => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  return command({
    io,
    format,
    args,
    repeated,
    options,
    commands: COMMANDS,
    globalOptions: GLOBAL_OPTIONS,
    session: createSession(io, { apiUrl: text("api-url"), organization: text("org") }),
  });
}

function formatOf(
  spec: CommandSpec,
  options: Readonly<Record<string, string | boolean | undefined>>,
  io: CliIo,
): OutputFormat {
  if (options.json === true) return "json";
  // A command may have an --output of its own, such as a file.
  const given = Object.hasOwn(spec.options, "output") ? undefined : options.output;
  const wanted = given ?? (io.env.MCPSTACK_OUTPUT || "table");
  const format = OUTPUT_FORMATS.find((known) => known === wanted);
  if (!format)
    throw usageError(
      `The output format must be one of ${OUTPUT_FORMATS.join(", ")}, not ${JSON.stringify(wanted)}.`,
    );
  return format;
}
