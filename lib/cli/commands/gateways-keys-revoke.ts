import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit } from "../output.ts";

/** Revokes a key. */
export const gatewaysKeysRevoke: CommandRun = async (call) => {
  const { io, session, format } = call;
  const key = argument(call, "key");
  const api = await session.api();
  await api.delete(`${await session.gatewayPath(argument(call, "gateway"))}/keys/${encodeURIComponent(key)}`);
  emit(io, format, { id: key, revoked: true }, () => `Revoked ${key}.\n`);
  return EXIT.ok;
};
