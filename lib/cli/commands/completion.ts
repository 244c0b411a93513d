import { usageError } from "../cli-error.ts";
import { argument, type CommandRun } from "../command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "../command-table.ts";
import { EXIT } from "../exit-code.ts";

const groups = (): string[] => [...new Set(COMMANDS.map(({ path }) => path[0]))];
const verbsOf = (group: string): string[] =>
  COMMANDS.flatMap(({ path }) => (path[0] === group && path[1] !== undefined ? [path[1]] : []));
const flagsOf = (options: object): string[] => Object.keys(options).map((name) => `--${name}`);
const everyFlag = (): string[] => [
  ...new Set([...flagsOf(GLOBAL_OPTIONS), ...COMMANDS.flatMap(({ options }) => flagsOf(options))]),
];

const bash = (): string => `_mcpstack() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local words=""
  if [[ "$current" == -* ]]; then words="${everyFlag().join(" ")}"
  elif [[ $COMP_CWORD -eq 1 ]]; then words="${groups().join(" ")}"
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case "\${COMP_WORDS[1]}" in
${groups()
  .filter((group) => verbsOf(group).length > 0)
  .map((group) => `      ${group}) words="${verbsOf(group).join(" ")}" ;;`)
  .join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _mcpstack mcpstack
`;

const zsh = (): string => `#compdef mcpstack
autoload -U +X bashcompinit && bashcompinit
${bash()}`;

const fish = (): string =>
  [
    "complete -c mcpstack -f",
    ...groups().map((group) => `complete -c mcpstack -n __fish_use_subcommand -a ${group}`),
    ...COMMANDS.flatMap(({ path, summary }) =>
      path[1] === undefined
        ? []
        : [
            `complete -c mcpstack -n '__fish_seen_subcommand_from ${path[0]}' -a ${path[1]} -d '${summary.replaceAll("'", "\\'")}'`,
          ],
    ),
    ...everyFlag().map((flag) => `complete -c mcpstack -l ${flag.slice(2)}`),
    "",
  ].join("\n");

const SCRIPTS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

/** A completion script for a shell, made from the command table. */
export const completion: CommandRun = async (call) => {
  const shell = argument(call, "shell");
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (!script)
    throw usageError(
      `There is no completion for ${JSON.stringify(shell)}.`,
      `Choose one of ${Object.keys(SCRIPTS).join(", ")}, e.g. source <(mcpstack completion bash)`,
    );
  call.io.out(script());
  return EXIT.ok;
};
