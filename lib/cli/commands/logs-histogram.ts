import type { Histogram } from "#lib/contract/index.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { filterParameters, logOf, withQuery } from "../log-filters.ts";
import { coloured } from "../log-line-text.ts";
import { emit } from "../output.ts";

const BARS_DEFAULT = "24";
const WIDTH = 40;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const COLOURS = { error: "31", warn: "33", info: "36" } as const;

type Bar = Histogram["bars"][number];
const rowsIn = ({ debug, info, warn, error }: Bar): number => debug + info + warn + error;

/** How many rows there were over time, as bars; red and yellow are errors and warnings. */
export const logsHistogram: CommandRun = async (call) => {
  const { io, session, format } = call;
  const query = filterParameters(call);
  query.set("log", logOf(call));
  query.set("bars", textOption(call, "bars") ?? BARS_DEFAULT);
  const api = await session.api();
  const server = await session.serverPath(argument(call, "server"));
  const histogram = await api.get<Histogram>(withQuery(`${server}/logs/histogram`, query));
  emit(io, format, histogram, () => histogramText(histogram, io.stdoutIsTty && !io.env.NO_COLOR));
  if (format === "table" && histogram.countedBackTo !== null)
    io.err(`Counted back to ${histogram.countedBackTo}; for older rows narrow the filter or the time.\n`);
  return EXIT.ok;
};

/** One line a bar, the longest `WIDTH` characters long. */
export function histogramText({ bars, barMs }: Histogram, isColoured: boolean): string {
  const most = Math.max(0, ...bars.map(rowsIn));
  if (most === 0) return "No row matches.\n";
  const digits = String(most).length;
  return bars
    .map((bar) => {
      const rows = rowsIn(bar);
      const trouble = [
        bar.error > 0 ? `${bar.error} ${bar.error === 1 ? "error" : "errors"}` : "",
        bar.warn > 0 ? `${bar.warn} ${bar.warn === 1 ? "warning" : "warnings"}` : "",
      ]
        .filter((text) => text !== "")
        .join(", ");
      return `${timeText(bar.at, barMs)}  ${barText(bar, most, isColoured)}  ${String(rows).padStart(digits)}${trouble === "" ? "" : `  ${trouble}`}\n`;
    })
    .join("");
}

/** UTC, as precise as the bars are wide. */
const timeText = (at: string, barMs: number): string =>
  `${at.slice(0, 10)} ${at.slice(11, barMs < 1_000 ? 23 : barMs < 60_000 ? 19 : 16)}Z`;

/** A bar padded to its full width. Any row at all shows, and any error shows in red. */
function barText(bar: Bar, most: number, isColoured: boolean): string {
  const rows = rowsIn(bar);
  const eighths = rows === 0 ? 0 : Math.max(1, Math.round((rows / most) * WIDTH * 8));
  const text = "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  const shareOf = (count: number): number =>
    count === 0 ? 0 : Math.max(1, Math.min(text.length, Math.round((count / rows) * text.length)));
  const errors = shareOf(bar.error);
  const warnings = Math.min(text.length - errors, shareOf(bar.warn));
  return (
    coloured(text.slice(0, errors), errors > 0 ? COLOURS.error : undefined, isColoured) +
    coloured(text.slice(errors, errors + warnings), warnings > 0 ? COLOURS.warn : undefined, isColoured) +
    text.slice(errors + warnings) +
    " ".repeat(WIDTH - text.length)
  );
}
