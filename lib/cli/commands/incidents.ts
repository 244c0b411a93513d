import type { Incident, IncidentDetail, IncidentEvent, IncidentPage } from "#lib/contract/index.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { questionOf } from "../diagnosis-question.ts";
import { diagnosisText } from "../diagnosis-text.ts";
import { EXIT } from "../exit-code.ts";
import { incidentUrl } from "../incident-link.ts";
import { withQuery } from "../log-filters.ts";
import { type Cell, emit, facts, table } from "../output.ts";

/** The path of an incident by its id or its number, with or without `#`. */
export const incidentPath = async ({ session }: CommandCall, incident: string): Promise<string> =>
  `${await session.organizationPath()}/incidents/${encodeURIComponent(incident.replace(/^#/, ""))}`;

/** One page of incidents. */
export const incidentsList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const query = new URLSearchParams();
  for (const [flag, parameter] of Object.entries({
    status: "status",
    server: "server",
    agent: "agent",
    page: "page",
    limit: "pageSize",
  })) {
    const value = textOption(call, flag);
    if (value !== undefined) query.set(parameter, value);
  }
  const api = await session.api();
  const path = withQuery(`${await session.organizationPath()}/incidents`, query);
  const page = await api.get<IncidentPage>(path);
  emit(io, format, page, () =>
    table(
      ["NUMBER", "STATUS", "SEVERITY", "ABOUT", "OPENED", "TITLE", "CAUSE"],
      page.data.map((incident) => [
        `#${incident.number}`,
        incident.status,
        incident.severity,
        aboutOf(incident),
        incident.openedAt,
        incident.title,
        incident.headline,
      ]),
      "There is no such incident. `mcpstack diagnose <server>` says whether something is wrong.",
    ),
  );
  if (format === "table" && page.data.length < page.total)
    io.err(`${page.data.length} of ${page.total}. Go on with --page ${page.page + 1}\n`);
  return EXIT.ok;
};

const aboutOf = ({ server, agent }: Incident): string =>
  [server?.slug, agent?.name].filter((part) => part !== undefined).join(", ");

const factsOf = (incident: Incident, url: string): [string, Cell][] => [
  ["Incident", `#${incident.number} ${incident.title}`],
  ["Status", incident.status],
  ["Severity", incident.severity],
  ["About", aboutOf(incident)],
  ["Owner", incident.owner?.name],
  ["Opened", `${incident.openedAt} by ${incident.openedBy}`],
  ["Cause", incident.override === null ? incident.headline : incident.override.verdict],
  ...(incident.override === null
    ? []
    : ([["Decided by", `${incident.override.by.name}: ${incident.override.note}`]] satisfies [
        string,
        Cell,
      ][])),
  ...(incident.resolvedAt === null
    ? []
    : ([["Resolved", `${incident.resolvedAt} ${incident.resolution ?? ""}`]] satisfies [string, Cell][])),
  ["Address", url],
];

/** One incident with its newest diagnosis and its events. */
export const incidentsGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = await incidentPath(call, argument(call, "incident"));
  const incident = await api.get<IncidentDetail>(path);
  const events = format === "table" ? await api.get<IncidentEvent[]>(`${path}/events`) : [];
  const url = await incidentUrl(call, incident);
  emit(io, format, incident, () =>
    [
      facts(factsOf(incident, url)),
      incident.diagnosis === null
        ? ""
        : diagnosisText(incident.diagnosis, io.stdoutIsTty && !io.env.NO_COLOR),
      table(
        ["TIME", "WHAT", "BY", "TEXT"],
        events.map((event) => [event.at, event.kind, event.actor, event.text]),
        "Nothing happened yet.",
      ),
    ]
      .filter((part) => part !== "")
      .join("\n"),
  );
  return EXIT.ok;
};

/** Opens an incident. */
export const incidentsOpen: CommandRun = async (call) => {
  const { session } = call;
  const title = textOption(call, "title");
  const question = questionOf(call);
  const api = await session.api();
  const incident = await api.post<Incident>(`${await session.organizationPath()}/incidents`, {
    ...question,
    ...(title === undefined ? {} : { title }),
    origin: "cli",
  });
  return show(call, incident);
};

/** Writes a note. */
export const incidentsNote: CommandRun = async (call) => {
  const api = await call.session.api();
  const event = await api.post<IncidentEvent>(
    `${await incidentPath(call, argument(call, "incident"))}/notes`,
    { text: argument(call, "text"), stage: textOption(call, "stage") ?? null },
  );
  emit(call.io, call.format, event, () => `${event.id}\n`);
  return EXIT.ok;
};

/** Ends an incident. */
export const incidentsResolve: CommandRun = async (call) => {
  const resolution = textOption(call, "resolution");
  const api = await call.session.api();
  const incident = await api.patch<Incident>(await incidentPath(call, argument(call, "incident")), {
    status: "resolved",
    ...(resolution === undefined ? {} : { resolution }),
  });
  return show(call, incident);
};

async function show(call: CommandCall, incident: Incident) {
  const url = await incidentUrl(call, incident);
  emit(call.io, call.format, incident, () => facts(factsOf(incident, url)));
  return EXIT.ok;
}
