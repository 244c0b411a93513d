import { usageError } from "../cli-error.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { download } from "../download.ts";
import { incidentPath } from "./incidents.ts";

/** The report of an incident as a file: redacted, with its evidence in a zip. */
export const incidentsExport: CommandRun = async (call) => {
  const format = textOption(call, "format") ?? "markdown";
  const file = textOption(call, "output") ?? null;
  if (format === "zip" && file === null)
    throw usageError("A zip goes into a file.", "For example: --format zip --output incident.zip");
  return download(
    call,
    { file, isForced: call.options.force === true },
    async () => `${await incidentPath(call, argument(call, "incident"))}/export?format=${format}`,
  );
};
