import type { Operation } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts, table } from "../output.ts";

/** One operation with its steps. */
export const operationsGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const server = await session.serverPath(argument(call, "server"));
  const id = encodeURIComponent(argument(call, "operation"));
  const operation = await api.get<Operation>(`${server}/deployment-operations/${id}`);
  emit(
    io,
    format,
    operation,
    () =>
      `${facts([
        ["Operation", operation.id],
        ["Kind", operation.kind],
        ["State", operation.state],
        ["Version", operation.version],
        ["By", operation.actor],
        ["Created", operation.createdAt],
        ["Finished", operation.finishedAt],
        ["Error", operation.error],
      ])}\n${table(
        ["STEP", "STATE", "DURATION", "DETAIL"],
        operation.steps.map((step) => [
          step.name,
          step.state,
          step.durationMs === null ? null : `${Math.round(step.durationMs)} ms`,
          step.detail,
        ]),
        "No steps.",
      )}`,
  );
  return EXIT.ok;
};
