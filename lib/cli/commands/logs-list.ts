import type { ConsoleLine, ConsoleLogPage, RequestPage, RequestRow } from "#lib/contract/index.ts";
import { terminalJson } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { filterParameters, withQuery } from "../log-filters.ts";
import { type Cell, emit, table } from "../output.ts";

type Page = RequestPage | ConsoleLogPage;
type Row = Page["data"][number];

const REQUEST_HEADINGS = ["TIME", "OUTCOME", "METHOD", "TOOL", "DURATION", "IN", "OUT", "SOURCE", "REQUEST"];
const requestCells = (row: RequestRow): Cell[] => [
  row.timestamp,
  row.outcome,
  row.method,
  row.tool,
  `${Math.round(row.durationMs)} ms`,
  row.requestBytes,
  row.responseBytes,
  row.source,
  row.requestId,
];
const CONSOLE_HEADINGS = ["TIME", "LEVEL", "REQUEST", "MESSAGE"];
const consoleCells = (line: ConsoleLine): Cell[] => [
  new Date(line.timestamp).toISOString(),
  line.level,
  line.requestId,
  line.message,
];
const isLine = (row: Row): row is ConsoleLine => "seq" in row;

/** Stored requests or console lines, newest first: one page, or with `--all` every page. */
export const logsList: CommandRun = async (call) => {
  const isConsole = textOption(call, "log") === "console";
  const isAll = call.options.all === true;
  for (const name of ["page", "cursor"])
    if (isAll && textOption(call, name) !== undefined)
      throw usageError(`--all and --${name} say two things.`, "Use one of them.");
  const query = filterParameters(call);
  const page = textOption(call, "page");
  if (page !== undefined) query.set("page", page);
  const limit = textOption(call, "limit");
  if (limit !== undefined) query.set("pageSize", limit);
  const cursor = textOption(call, "cursor");
  if (cursor !== undefined) query.set("cursor", cursor);
  const api = await call.session.api();
  const server = await call.session.serverPath(argument(call, "server"));
  const read = () => api.get<Page>(withQuery(`${server}/logs${isConsole ? "/console" : ""}`, query));
  return isAll ? listAll(call, query, read) : listOne(call, isConsole, await read());
};

const whenEmpty = (isConsole: boolean) => (isConsole ? "No line matches." : "No request matches.");
const textOf = (rows: readonly Row[], isConsole: boolean): string =>
  table(
    isConsole ? CONSOLE_HEADINGS : REQUEST_HEADINGS,
    rows.map((row) => (isLine(row) ? consoleCells(row) : requestCells(row))),
    whenEmpty(isConsole),
  );

/** A table after the first one. */
const withoutHeadings = (text: string): string => text.slice(text.indexOf("\n") + 1);

function listOne({ io, format }: CommandCall, isConsole: boolean, page: Page): ExitCode {
  emit(io, format, page, () => textOf(page.data, isConsole));
  if (format !== "table") return EXIT.ok;
  const what = isConsole ? "lines" : "requests";
  const older = page.nextCursor === null ? "" : ` Older: --cursor ${page.nextCursor}`;
  const total = `${page.totalIsCapped ? "more than " : ""}${page.total} ${what}`;
  if (page.search && !page.search.isComplete) io.err(`Searched back to ${page.search.scannedTo}.${older}\n`);
  else if (page.data.length > 0) io.err(`Page ${page.page}, ${total}.${older}\n`);
  return EXIT.ok;
}

/** Follows the cursor to the end. Rows are written as they come, so that any number of them takes little memory. */
async function listAll(
  { io, format, options }: CommandCall,
  query: URLSearchParams,
  read: () => Promise<Page>,
): Promise<ExitCode> {
  if (format === "yaml") throw usageError("--all writes a table or JSON lines.", "Use --json.");
  if (!query.has("pageSize")) query.set("pageSize", "200");
  const isConsole = options.log === "console";
  let isInterrupted = false;
  const ignore = io.onInterrupt(() => {
    isInterrupted = true;
  });
  let rows = 0;
  try {
    for (let cursor: string | null = ""; cursor !== null && !isInterrupted; ) {
      if (cursor !== "") query.set("cursor", cursor);
      const page: Page = await read();
      if (format === "json") io.out(page.data.map((row) => `${terminalJson(row)}\n`).join(""));
      else if (page.data.length > 0)
        io.out(rows === 0 ? textOf(page.data, isConsole) : withoutHeadings(textOf(page.data, isConsole)));
      await io.outTaken();
      rows += page.data.length;
      // Without progress the next page would be this one again.
      if (page.nextCursor === cursor) break;
      cursor = page.nextCursor;
    }
  } finally {
    ignore();
  }
  if (format === "table" && rows === 0) io.out(`${whenEmpty(isConsole)}\n`);
  return isInterrupted ? EXIT.interrupted : EXIT.ok;
}
