import type { LogLevel } from "./log-stream.ts";
import type {
  ConsoleLine,
  LogGap,
  MessageBody,
  RequestDetail,
  RequestRow,
  UpstreamCall,
} from "./requests.ts";

/** What every step of a call has. Text in it comes from strangers: clients, servers and their upstreams. */
interface StepBase {
  /** Unique within the call, for lists. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** After the first message came in; negative where the clock of a runtime is behind its edge's. */
  readonly offsetMs: number;
  /** Null for a moment, which takes no time. */
  readonly durationMs: number | null;
  readonly level: LogLevel;
  /** One line for people. */
  readonly summary: string;
}

/** One thing that happened in a call. `client`: a message came in; `decision`: the gateway judged it; `response`: it was answered. */
export type CallStep = StepBase &
  (
    | { readonly kind: "client"; readonly row: RequestRow; readonly body: MessageBody | null }
    | {
        readonly kind: "decision";
        readonly row: RequestRow;
        readonly decision: NonNullable<RequestRow["decision"]>;
      }
    | { readonly kind: "runtime"; readonly line: ConsoleLine }
    | { readonly kind: "upstream"; readonly call: UpstreamCall }
    | { readonly kind: "response"; readonly row: RequestRow; readonly body: MessageBody | null }
    | { readonly kind: "gap"; readonly gap: LogGap }
  );

/** The hops of a call behind its client, inwards. */
export type Hop = "gateway" | "runtime" | "upstream";

export interface CallTimeline {
  /** In the order of time; a gateway's decision follows its message, and nothing precedes its cause at the same time. */
  readonly steps: readonly CallStep[];
  /** When the first message came in, epoch milliseconds. */
  readonly startMs: number;
  /** Until the last thing of the call ended. */
  readonly durationMs: number;
  /** Of it, while at least one upstream call was open. The rest is the gateway and the server's own code. */
  readonly upstreamMs: number;
  /** How far in the call provably came. */
  readonly lastHop: Hop;
}

const KIND_ORDER: Readonly<Record<CallStep["kind"], number>> = {
  client: 0,
  decision: 1,
  runtime: 2,
  upstream: 2,
  gap: 3,
  response: 4,
};

/** The steps of one call in order: client → decision → console lines and upstream calls → response, with their durations. */
export function timelineOf(detail: RequestDetail): CallTimeline {
  const startMs = Math.min(
    Date.parse(detail.timestamp),
    ...detail.rows.map((row) => Date.parse(row.timestamp)),
  );
  const bodies = new Map(detail.bodies.map((body) => [body.id, body]));
  const at = (atMs: number) => ({ atMs, offsetMs: atMs - startMs });
  const steps: CallStep[] = [
    ...detail.rows.flatMap((row) => rowSteps(row, bodies.get(row.id) ?? null, at)),
    ...detail.lines.map(
      (line): CallStep => ({
        kind: "runtime",
        id: line.id,
        ...at(line.timestamp),
        durationMs: null,
        level: line.level,
        summary: line.message,
        line,
      }),
    ),
    ...detail.upstream.map(
      (call): CallStep => ({
        kind: "upstream",
        id: call.id,
        ...at(Date.parse(call.timestamp)),
        durationMs: call.durationMs,
        level: call.level,
        summary: upstreamSummary(call),
        call,
      }),
    ),
    ...detail.gaps.map(
      (gap, index): CallStep => ({
        kind: "gap",
        id: `gap-${index}`,
        ...at(Date.parse(gap.timestamp)),
        durationMs: null,
        level: "warn",
        summary: gap.message,
        gap,
      }),
    ),
  ];
  steps.sort((a, b) => a.atMs - b.atMs || KIND_ORDER[a.kind] - KIND_ORDER[b.kind]);
  const endMs = Math.max(startMs, ...steps.map((step) => step.atMs + (step.durationMs ?? 0)));
  return {
    steps,
    startMs,
    durationMs: endMs - startMs,
    upstreamMs: coveredMs(
      detail.upstream.map((call) => {
        const fromMs = Date.parse(call.timestamp);
        return [fromMs, fromMs + call.durationMs];
      }),
    ),
    lastHop: lastHopOf(detail),
  };
}

type At = (atMs: number) => Pick<StepBase, "atMs" | "offsetMs">;

function rowSteps(row: RequestRow, body: MessageBody | null, at: At): CallStep[] {
  const arrivedMs = Date.parse(row.timestamp);
  const steps: CallStep[] = [
    {
      kind: "client",
      id: `${row.id}-client`,
      ...at(arrivedMs),
      durationMs: null,
      level: "info",
      summary: messageSummary(row),
      row,
      body,
    },
  ];
  if (row.decision)
    steps.push({
      kind: "decision",
      id: `${row.id}-decision`,
      ...at(arrivedMs),
      durationMs: null,
      level: row.decision.allowed ? "info" : "warn",
      summary: row.decision.allowed ? "allowed" : `denied: ${row.decision.reason}`,
      row,
      decision: row.decision,
    });
  steps.push({
    kind: "response",
    id: `${row.id}-response`,
    ...at(arrivedMs + row.durationMs),
    durationMs: null,
    level: row.level,
    summary: `${row.outcome}, HTTP ${row.httpStatus}${row.error === null ? "" : `: ${row.error}`}`,
    row,
    body,
  });
  return steps;
}

function messageSummary({ kind, method, tool, client }: RequestRow): string {
  const what = [method ?? kind, tool].filter((part) => part !== null).join(" ");
  return client.name === null ? what : `${what} from ${client.name}`;
}

const upstreamSummary = ({ method, url, httpStatus, outcome, error }: UpstreamCall): string =>
  `${method} ${url}: ${outcome === "ok" && httpStatus !== null ? `HTTP ${httpStatus}` : (error ?? outcome)}`;

/** Proven, not guessed: a timeout alone does not say whether the server ever saw the call. */
function lastHopOf({ rows, lines, upstream }: RequestDetail): Hop {
  if (upstream.length > 0) return "upstream";
  const isAnswered = rows.some(({ outcome }) => outcome === "ok" || outcome === "tool_error");
  return isAnswered || lines.length > 0 ? "runtime" : "gateway";
}

/** The length of the union of spans. */
function coveredMs(spans: readonly (readonly [number, number])[]): number {
  let covered = 0;
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const [fromMs, toMs] of [...spans].sort(([a], [b]) => a - b)) {
    covered += Math.max(0, toMs - Math.max(fromMs, reachedMs));
    reachedMs = Math.max(reachedMs, toMs);
  }
  return covered;
}
