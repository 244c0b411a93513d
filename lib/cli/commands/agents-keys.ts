import type { AccessKey, CreatedAccessKey } from "#lib/contract/index.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { keyTable } from "../key-table.ts";
import { emit } from "../output.ts";

const pathOf = async (call: CommandCall, ...rest: string[]): Promise<string> =>
  [`${await call.session.agentPath(argument(call, "agent"))}/keys`, ...rest.map(encodeURIComponent)].join(
    "/",
  );

/** The keys of an agent, newest first; never their secrets. */
export const agentsKeysList: CommandRun = async (call) => {
  const api = await call.session.api();
  const keys = await api.get<AccessKey[]>(await pathOf(call));
  emit(call.io, call.format, keys, () =>
    keyTable(
      keys,
      "There are no keys yet. Make one with `mcpstack agents keys create <agent> --name <name>`.",
    ),
  );
  return EXIT.ok;
};

/** Makes a key. In a table's place stands the bare secret, so that it can be piped where it belongs. */
export const agentsKeysCreate: CommandRun = async (call) => {
  const name = textOption(call, "name");
  if (name === undefined) throw usageError("A key needs a name.", 'For example: --name "Production"');
  const api = await call.session.api();
  const expiresAt = textOption(call, "expires") ?? null;
  return tell(call, await api.post<CreatedAccessKey>(await pathOf(call), { name, expiresAt }));
};

/** Makes a key in place of another one. */
export const agentsKeysRotate: CommandRun = async (call) => {
  const hours = textOption(call, "overlap");
  if (hours !== undefined && !/^\d{1,5}$/.test(hours))
    throw usageError(
      `--overlap ${JSON.stringify(hours)} is no number of hours.`,
      "For example: --overlap 24",
    );
  const api = await call.session.api();
  const body = hours === undefined ? {} : { overlapHours: Number(hours) };
  return tell(
    call,
    await api.post<CreatedAccessKey>(await pathOf(call, argument(call, "key"), "rotate"), body),
  );
};

function tell({ io, format }: CommandCall, key: CreatedAccessKey) {
  emit(io, format, key, () => `${plainLine(key.secret)}\n`);
  if (format === "table")
    io.err(`Made ${plainLine(key.name)} (${key.id}). Keep the secret now: it is not shown again.\n`);
  return EXIT.ok;
}

/** Revokes a key. */
export const agentsKeysRevoke: CommandRun = async (call) => {
  const key = argument(call, "key");
  const api = await call.session.api();
  await api.delete(await pathOf(call, key));
  emit(call.io, call.format, { id: key, revoked: true }, () => `Revoked ${key}.\n`);
  return EXIT.ok;
};
