import type { Operation } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { followAloud } from "../follow-operation.ts";
import { emit, facts } from "../output.ts";

type OperationVerb = "publish" | "rollback" | "restart" | "activate" | "deactivate";

/** Asks for an operation of one kind and, unless told not to, waits until it has ended. */
export const serversOperate =
  (verb: OperationVerb): CommandRun =>
  async (call) => {
    const { io, session, format, args } = call;
    const api = await session.api();
    const serverPath = await session.serverPath(argument(call, "server"));
    const body = args.version === undefined ? undefined : { version: args.version };
    const started = await api.post<Operation>(`${serverPath}/${verb}`, body);
    const { operation, exitCode } =
      call.options.wait === false
        ? { operation: started, exitCode: EXIT.ok }
        : await followAloud({ call, api, serverPath, started, isData: false });
    emit(io, format, operation, () =>
      facts([
        ["Operation", operation.id],
        ["Kind", operation.kind],
        ["State", operation.state],
        ["Version", operation.version],
      ]),
    );
    return exitCode;
  };
