import type { Operation } from "#lib/contract/index.ts";
import { CliError } from "../cli-error.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { followAloud } from "../follow-operation.ts";

/** The steps of an operation, live; without one named, of the newest. With `--json` one object for each change. */
export const operationsWatch: CommandRun = async (call) => {
  const { io, session, args } = call;
  const api = await session.api();
  const serverPath = await session.serverPath(argument(call, "server"));
  const id = args.operation ?? (await api.get<Operation[]>(`${serverPath}/deployment-operations`))[0]?.id;
  if (id === undefined)
    throw new CliError(EXIT.notFound, "Nothing was published, activated or deactivated yet.");
  const started = await api.get<Operation>(`${serverPath}/deployment-operations/${encodeURIComponent(id)}`);
  io.err(`${started.kind} ${started.version ?? ""} (${started.id})\n`);
  const { exitCode } = await followAloud({ call, api, serverPath, started, isData: true });
  return exitCode;
};
