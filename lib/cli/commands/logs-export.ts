import { argument, type CommandRun, textOption } from "../command.ts";
import { download } from "../download.ts";
import { filterParameters, logOf, withQuery } from "../log-filters.ts";

/** All rows under a filter, newest first, as they come: to standard output, or to a file that is there only when it is whole. */
export const logsExport: CommandRun = async (call) => {
  const query = filterParameters(call);
  query.set("log", logOf(call));
  query.set("format", textOption(call, "format") ?? "ndjson");
  const target = { file: textOption(call, "output") ?? null, isForced: call.options.force === true };
  return download(call, target, async () =>
    withQuery(`${await call.session.serverPath(argument(call, "server"))}/logs/export`, query),
  );
};
