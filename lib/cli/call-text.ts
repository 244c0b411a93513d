import type { CallStep, CallTimeline, RequestDetail } from "#lib/contract/index.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";
import { clockTime, hanging, levelBadge } from "./log-line-text.ts";

const KIND_NAMES: Readonly<Record<CallStep["kind"], string>> = {
  client: "client",
  decision: "gateway",
  runtime: "runtime",
  upstream: "upstream",
  response: "response",
  gap: "gap",
};
const HOP_WORDS: Readonly<Record<CallTimeline["lastHop"], string>> = {
  gateway: "the gateway; nothing shows that the server saw it",
  runtime: "the server",
  upstream: "an upstream of the server",
};
const KIND_WIDTH = 8;
const OFFSET_WIDTH = 10;
const TEXT_INDENT = " ".repeat(12 + 2 + OFFSET_WIDTH + 2 + KIND_WIDTH + 2 + 5 + 1);

/** Milliseconds as people read them. */
export const durationText = (ms: number): string =>
  Math.abs(ms) >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms * 10) / 10} ms`;

/** What happened in a call, a line a step: when, how long after its start, where, how bad, what. */
export const stepsText = ({ steps }: CallTimeline, isColoured: boolean): string =>
  steps
    .map((step) => {
      const offset = `${step.offsetMs < 0 ? "" : "+"}${durationText(step.offsetMs)}`.padStart(OFFSET_WIDTH);
      const took = step.durationMs === null ? "" : ` (${durationText(step.durationMs)})`;
      return `${clockTime(step.atMs)}  ${offset}  ${KIND_NAMES[step.kind].padEnd(KIND_WIDTH)}  ${levelBadge(step.level, isColoured)} ${hanging(step.summary, TEXT_INDENT)}${took}\n`;
    })
    .join("");

/** What stands above the steps. */
export function callFacts(detail: RequestDetail, timeline: CallTimeline): [string, string | null][] {
  const [first] = detail.rows;
  const billable = detail.billability.filter(({ isBillable }) => isBillable).length;
  return [
    ["Request", detail.requestId],
    ["Server", detail.serverId],
    ["Time", detail.timestamp],
    ["Outcome", detail.rows.map(({ outcome }) => outcome).join(", ")],
    ["Client", first ? clientText(first.client) : null],
    ["Version", first?.version ?? null],
    ["Duration", durationText(timeline.durationMs)],
    [
      "Upstream",
      detail.upstream.length === 0
        ? null
        : `${durationText(timeline.upstreamMs)} in ${detail.upstream.length} calls`,
    ],
    ["Came to", HOP_WORDS[timeline.lastHop]],
    [
      "Billable",
      billable > 0
        ? `${billable} of ${detail.billability.length}`
        : `no: ${detail.billability[0]?.reason ?? ""}`,
    ],
  ];
}

const clientText = ({ name, version }: RequestDetail["rows"][number]["client"]): string | null =>
  name === null ? null : [name, version].filter((part) => part !== null).join(" ");

/** What was said, when it was recorded, and what is not shown. */
export function bodiesText(detail: RequestDetail): string {
  const parts = detail.bodies.flatMap(({ request, response }) => [
    ...(request === null ? [] : [`Request   ${plainLine(request)}\n`]),
    ...(response === null ? [] : [`Response  ${plainLine(response)}\n`]),
  ]);
  return parts.length === 0 ? "" : `\n${parts.join("")}`;
}
