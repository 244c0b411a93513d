import type { Operation } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** The operations of a server, newest first. */
export const operationsList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const operations = await api.get<Operation[]>(
    `${await session.serverPath(argument(call, "server"))}/deployment-operations`,
  );
  emit(io, format, operations, () =>
    table(
      ["ID", "KIND", "STATE", "VERSION", "BY", "CREATED", "ERROR"],
      operations.map((operation) => [
        operation.id,
        operation.kind,
        operation.state,
        operation.version,
        operation.actor,
        operation.createdAt,
        operation.error,
      ]),
      "Nothing was published, activated or deactivated yet.",
    ),
  );
  return EXIT.ok;
};
