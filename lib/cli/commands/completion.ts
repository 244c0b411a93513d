import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, type CommandSpec } from "../command.ts";
import { EXIT } from "../exit-code.ts";

interface Words {
  commands: readonly CommandSpec[];
  groups: readonly string[];
  flags: readonly string[];
  verbsOf(group: string): string[];
}

function wordsOf({ commands, globalOptions }: CommandCall): Words {
  const names = [globalOptions, ...commands.map(({ options }) => options)].flatMap(Object.keys);
  return {
    commands,
    groups: [...new Set(commands.map(({ path }) => path[0]))],
    flags: [...new Set(names)].map((name) => `--${name}`),
    verbsOf: (group) =>
      commands.flatMap(({ path }) => (path[0] === group && path[1] !== undefined ? [path[1]] : [])),
  };
}

const bash = ({ groups, flags, verbsOf }: Words): string => `_mcpstack() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local words=""
  if [[ "$current" == -* ]]; then words="${flags.join(" ")}"
  elif [[ $COMP_CWORD -eq 1 ]]; then words="${groups.join(" ")}"
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case "\${COMP_WORDS[1]}" in
${groups
  .filter((group) => verbsOf(group).length > 0)
  .map((group) => `      ${group}) words="${verbsOf(group).join(" ")}" ;;`)
  .join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _mcpstack mcpstack
`;

const zsh = (words: Words): string => `#compdef mcpstack
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;

const fish = ({ commands, groups, flags }: Words): string =>
  [
    "complete -c mcpstack -f",
    ...groups.map((group) => `complete -c mcpstack -n __fish_use_subcommand -a ${group}`),
    ...commands.flatMap(({ path, summary }) =>
      path[1] === undefined
        ? []
        : [
            `complete -c mcpstack -n '__fish_seen_subcommand_from ${path[0]}' -a ${path[1]} -d '${summary.replaceAll("'", "\\'")}'`,
          ],
    ),
    ...flags.map((flag) => `complete -c mcpstack -l ${flag.slice(2)}`),
    "",
  ].join("\n");

const SCRIPTS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

/** A completion script for a shell, made from the command table. */
export const completion: CommandRun = async (call) => {
  const shell = argument(call, "shell");
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (!script)
    throw usageError(
      `There is no completion for ${JSON.stringify(shell)}.`,
      `Choose one of ${Object.keys(SCRIPTS).join(", ")}, e.g. source <(mcpstack completion bash)`,
    );
  call.io.out(script(wordsOf(call)));
  return EXIT.ok;
};
