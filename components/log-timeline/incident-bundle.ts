import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { TimelineSubject } from "#lib/client/queries/calls.ts";
import type { LogTimeline, Server, ToolList } from "#lib/contract/index.ts";
import { requestOf } from "./lane-layout.ts";

/** Requests that are named one by one; the rest is counted. */
const REQUESTS_NAMED = 50;

/** What somebody who is asked for help needs to know, and can look for. */
export interface IncidentBundle {
  readonly server: {
    readonly id: string;
    readonly slug: string;
    readonly name: string;
    readonly status: string;
    readonly version: string | null;
    readonly mcpUrl: string;
  };
  readonly subject: TimelineSubject;
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly clients: readonly string[];
  readonly agents: readonly string[];
  readonly gateways: readonly string[];
  readonly tools: readonly string[];
  /** How many messages ended in each way. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly toolsList: {
    readonly status: "passed" | "failed" | "never run";
    readonly at: string | null;
    readonly toolCount: number | null;
    readonly error: string | null;
    readonly tools: readonly string[];
  };
  readonly counts: { readonly gateway: number; readonly runtime: number; readonly upstream: number };
  readonly capped: readonly string[];
  readonly gaps: readonly string[];
  readonly requestIds: readonly string[];
  readonly requestsTotal: number;
  readonly link: string;
  readonly takenAt: string;
}

interface Known {
  server: Pick<Server, "id" | "slug" | "name" | "status" | "activeVersion" | "mcpUrl" | "lastSmoke">;
  subject: TimelineSubject;
  timeline: LogTimeline;
  /** Undefined when they could not be read. */
  tools: ToolList | undefined;
  link: string;
  nowMs: number;
}

/** The facts of a window for a ticket. No bodies, no console lines: nothing that may hold somebody's data. */
export function incidentBundle({ server, subject, timeline, tools, link, nowMs }: Known): IncidentBundle {
  const rows = timeline.entries.flatMap((entry) => (entry.source === "gateway" ? [entry.row] : []));
  const count = (source: string) => timeline.entries.filter((entry) => entry.source === source).length;
  const requestIds = distinct(timeline.entries.map(requestOf));
  const smoke = server.lastSmoke;
  const outcomes = new Map<string, number>();
  for (const { outcome } of rows) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return {
    server: {
      id: server.id,
      slug: server.slug,
      name: server.name,
      status: server.status,
      version: server.activeVersion?.semver ?? null,
      mcpUrl: server.mcpUrl,
    },
    subject,
    from: timeline.from,
    to: timeline.to,
    clients: distinct(
      rows.map(({ client }) => (client.version === null ? client.name : `${client.name} ${client.version}`)),
    ),
    agents: distinct(rows.map(({ agentId }) => agentId)),
    gateways: distinct(rows.map(({ gatewayId }) => gatewayId)),
    tools: distinct(rows.map(({ tool }) => tool)),
    outcomes: Object.fromEntries([...outcomes].sort(([, left], [, right]) => right - left)),
    toolsList: {
      status: smoke?.status ?? "never run",
      at: smoke?.at ?? null,
      toolCount: smoke?.toolCount ?? null,
      error: smoke?.error ?? null,
      tools: (tools?.tools ?? []).map(({ name }) => name),
    },
    counts: { gateway: rows.length, runtime: count("runtime"), upstream: count("upstream") },
    capped: timeline.capped,
    gaps: timeline.gaps.map((gap) => `${gap.timestamp} ${gap.message}`),
    requestIds: requestIds.slice(0, REQUESTS_NAMED),
    requestsTotal: requestIds.length,
    link,
    takenAt: new Date(nowMs).toISOString(),
  };
}

const distinct = (values: readonly (string | null)[]): string[] =>
  [...new Set(values)].filter((value) => value !== null);

/** The same for people, as plain text: one fact per line, so that a text from outside cannot pass for another fact. */
export function bundleText(bundle: IncidentBundle): string {
  const { server, toolsList, counts } = bundle;
  const list = (values: readonly string[]) => (values.length === 0 ? "none" : values.map(oneLine).join(", "));
  const facts: readonly (readonly [string, string])[] = [
    [
      "Server",
      `${server.name} (${server.slug}, ${server.id}), ${server.status}, version ${server.version ?? "none"}`,
    ],
    ["MCP URL", server.mcpUrl],
    ["Window", `${bundle.from} to ${bundle.to}`],
    ["Clients", list(bundle.clients)],
    ["Agents", list(bundle.agents)],
    ["Gateways", list(bundle.gateways)],
    ["Tools", list(bundle.tools)],
    ["Outcomes", list(Object.entries(bundle.outcomes).map(([outcome, count]) => `${outcome} ${count}`))],
    [
      "tools/list",
      toolsList.at === null
        ? "never run"
        : `${toolsList.status} at ${toolsList.at}, ${toolsList.toolCount ?? "an unknown number of"} tools${
            toolsList.error === null ? "" : `: ${toolsList.error}`
          }`,
    ],
    ["Seen", `gateway ${counts.gateway}, runtime ${counts.runtime}, upstream ${counts.upstream}`],
    ["More stored", list(bundle.capped)],
    ["Gaps", bundle.gaps.length === 0 ? "none" : `${bundle.gaps.length}`],
    ...bundle.gaps.map((gap) => ["", gap] as const),
    ["Requests", bundle.requestsTotal === 0 ? "none" : `${bundle.requestsTotal}`],
    ...bundle.requestIds.map((id) => ["", id] as const),
    ["Link", bundle.link],
    ["Taken at", bundle.takenAt],
  ];
  return `${facts.map(([name, value]) => `${name.padEnd(12)}${oneLine(value)}`.trimEnd()).join("\n")}\n`;
}

const oneLine = (text: string): string => withSigns(text.replace(/[\t\r\n\u2028\u2029]+/g, " "));
