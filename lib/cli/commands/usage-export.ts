import { type CommandRun, textOption } from "../command.ts";
import { download } from "../download.ts";
import { withQuery } from "../log-filters.ts";
import { usageParameters } from "../usage-window.ts";

/** Use by the hour as a file on standard output, written as it comes. */
export const usageExport: CommandRun = async (call) => {
  const query = usageParameters(call);
  query.set("format", textOption(call, "format") ?? "csv");
  return download(call, { file: null, isForced: false }, async () =>
    withQuery(`${await call.session.organizationPath()}/usage/export`, query),
  );
};
