import type { CreatedAccessKey } from "#lib/contract/index.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit } from "../output.ts";

/** Makes a key. In a table's place stands the bare secret, so that it can be piped where it belongs. */
export const gatewaysKeysCreate: CommandRun = async (call) => {
  const { io, session, format } = call;
  const name = textOption(call, "name");
  if (name === undefined) throw usageError("A key needs a name.", 'For example: --name "Partner bot"');
  const expiresAt = textOption(call, "expires") ?? null;
  const api = await session.api();
  const path = `${await session.gatewayPath(argument(call, "gateway"))}/keys`;
  const key = await api.post<CreatedAccessKey>(path, { name, expiresAt });
  emit(io, format, key, () => `${plainLine(key.secret)}\n`);
  if (format === "table")
    io.err(`Made ${plainLine(key.name)} (${key.id}). Keep the secret now: it is not shown again.\n`);
  return EXIT.ok;
};
