import type { LogDrainTest } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";

/** Sends one test line to a sink; one that is not taken is a failed gate. */
export const drainsTest: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const drain = encodeURIComponent(argument(call, "drain"));
  const result = await api.post<LogDrainTest>(
    `${await session.organizationPath()}/log-drains/${drain}/test`,
    {},
  );
  emit(io, format, result, () =>
    facts([
      ["Taken", result.isAccepted ? "yes" : "no"],
      ["Status", result.httpStatus],
      ["Duration", `${result.durationMs} ms`],
      ["Answer", result.message],
    ]),
  );
  return result.isAccepted ? EXIT.ok : EXIT.gateFailed;
};
