import type { AccessKey } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** The keys of a gateway, newest first; never their secrets. */
export const gatewaysKeysList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const keys = await api.get<AccessKey[]>(`${await session.gatewayPath(argument(call, "gateway"))}/keys`);
  emit(io, format, keys, () =>
    table(
      ["ID", "NAME", "BEGINS WITH", "MADE BY", "MADE", "LAST USED", "EXPIRES", "REVOKED"],
      keys.map((key) => [
        key.id,
        key.name,
        key.prefix,
        key.createdBy,
        key.createdAt,
        key.lastUsedAt,
        key.expiresAt,
        key.revokedAt,
      ]),
      "There are no keys yet. Make one with `mcpstack gateways keys create <gateway> --name <name>`.",
    ),
  );
  return EXIT.ok;
};
