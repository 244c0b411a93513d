import type { GatewayListItem } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** All gateways with the last 24 hours. */
export const gatewaysList: CommandRun = async ({ io, session, format }) => {
  const api = await session.api();
  const gateways = await api.get<GatewayListItem[]>(`${await session.organizationPath()}/gateways`);
  emit(io, format, gateways, () =>
    table(
      ["ID", "NAME", "ACCESS", "SERVERS", "GRANTS", "KEYS", "CALLS 24H", "DENIED 24H"],
      gateways.map((gateway) => [
        gateway.id,
        gateway.name,
        gateway.access.join(", "),
        gateway.servers.length,
        gateway.grantCount,
        gateway.keyCount,
        gateway.calls24h,
        gateway.denied24h,
      ]),
      "There are no gateways yet. Make the first one in the dashboard.",
    ),
  );
  return EXIT.ok;
};
