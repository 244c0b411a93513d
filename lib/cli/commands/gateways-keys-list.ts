import type { AccessKey } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { keyTable } from "../key-table.ts";
import { emit } from "../output.ts";

/** The keys of a gateway, newest first; never their secrets. */
export const gatewaysKeysList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const keys = await api.get<AccessKey[]>(`${await session.gatewayPath(argument(call, "gateway"))}/keys`);
  emit(io, format, keys, () =>
    keyTable(
      keys,
      "There are no keys yet. Make one with `mcpstack gateways keys create <gateway> --name <name>`.",
    ),
  );
  return EXIT.ok;
};
