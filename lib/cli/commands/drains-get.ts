import type { DeadLetter, LogDrain } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts, table } from "../output.ts";

/** One log drain by id or name, with what its sink did not take. */
export const drainsGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = `${await session.organizationPath()}/log-drains/${encodeURIComponent(argument(call, "drain"))}`;
  const [drain, deadLetters] = await Promise.all([
    api.get<LogDrain>(path),
    api.get<DeadLetter[]>(`${path}/dead-letters`),
  ]);
  emit(
    io,
    format,
    { ...drain, deadLetters },
    () =>
      `${facts([
        ["Drain", drain.name],
        ["Id", drain.id],
        ["State", drain.state],
        ["Format", drain.kind],
        ["URL", drain.url],
        ["Headers", drain.headerNames.join(", ")],
        ["Logs", drain.logs.join(", ")],
        ["Servers", drain.serverIds?.join(", ") ?? "all"],
        ["Level", `${drain.levelMin} and worse`],
        ["Delivered", drain.deliveredRows],
        ["Not taken", drain.deadRows],
        ["Last delivery", drain.lastDeliveredAt],
        ["Up to date", drain.caughtUpAt],
        ["Last error", drain.lastError],
        ["Next attempt", drain.nextAttemptAt],
      ])}\n${table(
        ["DEAD LETTER", "LOG", "ROWS", "WHEN", "REASON"],
        deadLetters.map((letter) => [letter.id, letter.log, letter.rows, letter.createdAt, letter.reason]),
        "Nothing waits to be sent again.",
      )}`,
  );
  return EXIT.ok;
};
