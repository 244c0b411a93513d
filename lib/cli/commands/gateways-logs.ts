import type { GatewayLogPage, GatewayLogRow } from "#lib/contract/index.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { momentOf } from "../moment.ts";
import { emit, table } from "../output.ts";

const FILTERS = ["server", "principal", "tool", "page"] as const;
function decisionOf(call: CommandCall): string | undefined {
  const reason = textOption(call, "reason");
  if (reason !== undefined && call.options.denied === true)
    throw usageError("--denied and --reason say two things.", "Use one of them.");
  return call.options.denied === true ? "denied" : reason;
}

const shownDecision = ({ decision }: GatewayLogRow): string | null =>
  decision && (decision.allowed ? "allowed" : "denied");
const shownReason = ({ decision }: GatewayLogRow): string | null =>
  decision && !decision.allowed ? decision.reason : null;

/** One page of what a gateway decided, newest first. */
export const gatewaysLogs: CommandRun = async (call) => {
  const { io, session, format } = call;
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined) => value !== undefined && query.set(name, value);
  for (const name of FILTERS) set(name, textOption(call, name));
  set("pageSize", textOption(call, "limit"));
  set("decision", decisionOf(call));
  const since = textOption(call, "since");
  if (since !== undefined) query.set("from", momentOf("since", since, io.nowMs()));
  const api = await session.api();
  const path = `${await session.gatewayPath(argument(call, "gateway"))}/logs`;
  const page = await api.get<GatewayLogPage>(query.size > 0 ? `${path}?${query}` : path);
  emit(io, format, page, () =>
    table(
      ["TIME", "SERVER", "PRINCIPAL", "METHOD", "TOOL", "DECISION", "REASON", "REQUEST"],
      page.data.map((row) => [
        row.timestamp,
        row.serverSlug,
        row.decision?.principalName ?? row.decision?.principal,
        row.method,
        row.tool,
        shownDecision(row),
        shownReason(row),
        row.requestId,
      ]),
      "No request matches.",
    ),
  );
  if (format === "table" && page.data.length > 0)
    io.err(`Page ${page.page} of ${page.totalIsCapped ? "more than " : ""}${page.total} requests.\n`);
  return EXIT.ok;
};
