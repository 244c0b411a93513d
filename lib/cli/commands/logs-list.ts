import type { RequestPage } from "#lib/contract/index.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

const FILTERS = ["page", "level", "outcome", "tool", "from", "to"] as const;

/** One page of the request log, newest first. */
export const logsList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const value = textOption(call, name);
    if (value !== undefined) query.set(name, value);
  }
  const limit = textOption(call, "limit");
  if (limit !== undefined) query.set("pageSize", limit);
  const api = await session.api();
  const path = `${await session.serverPath(argument(call, "server"))}/logs`;
  const page = await api.get<RequestPage>(query.size > 0 ? `${path}?${query}` : path);
  emit(io, format, page, () =>
    table(
      ["TIME", "OUTCOME", "METHOD", "TOOL", "DURATION", "IN", "OUT", "SOURCE", "REQUEST"],
      page.data.map((row) => [
        row.timestamp,
        row.outcome,
        row.method,
        row.tool,
        `${Math.round(row.durationMs)} ms`,
        row.requestBytes,
        row.responseBytes,
        row.source,
        row.requestId,
      ]),
      "No request matches.",
    ),
  );
  if (format === "table" && page.data.length > 0)
    io.err(`Page ${page.page} of ${page.totalIsCapped ? "more than " : ""}${page.total} requests.\n`);
  return EXIT.ok;
};
