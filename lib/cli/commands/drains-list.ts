import type { LogDrain } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** All log drains with their state. */
export const drainsList: CommandRun = async ({ io, session, format }) => {
  const api = await session.api();
  const drains = await api.get<LogDrain[]>(`${await session.organizationPath()}/log-drains`);
  emit(io, format, drains, () =>
    table(
      ["ID", "NAME", "STATE", "FORMAT", "LOGS", "DELIVERED", "NOT TAKEN", "LAST DELIVERY", "URL"],
      drains.map((drain) => [
        drain.id,
        drain.name,
        drain.state,
        drain.kind,
        drain.logs.join(", "),
        drain.deliveredRows,
        drain.deadRows,
        drain.lastDeliveredAt,
        drain.url,
      ]),
      "There are no log drains yet. Make the first one in the dashboard, in the organization's settings.",
    ),
  );
  return EXIT.ok;
};
