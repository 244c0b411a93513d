import type { Grant } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** Who may call which tools through a gateway, oldest first. */
export const gatewaysGrantsList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const grants = await api.get<Grant[]>(`${await session.gatewayPath(argument(call, "gateway"))}/grants`);
  emit(io, format, grants, () =>
    table(
      ["ID", "SUBJECT", "KIND", "SERVER", "TOOLS", "CALLS/MIN", "AT ONCE", "MATCHES NOTHING"],
      grants.map((grant) => [
        grant.id,
        grant.subjectLabel,
        grant.subject.kind,
        grant.serverSlug ?? grant.serverId ?? "all",
        grant.tools.join(" "),
        grant.callsPerMinuteMax,
        grant.concurrentMax,
        grant.unmatchedPatterns.join(" "),
      ]),
      "There is no grant: nobody may call anything through this gateway.",
    ),
  );
  return EXIT.ok;
};
