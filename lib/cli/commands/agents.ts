import type { Agent, AgentListItem, AgentServer } from "#lib/contract/index.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { type Cell, emit, facts, table } from "../output.ts";

/** An amount in USD; a dash where there is none. */
const usd = (micros: string | null): string | null => (micros === null ? null : formatUsd(microsOf(micros)));

/** All agents with the last 24 hours and their month. */
export const agentsList: CommandRun = async ({ io, session, format }) => {
  const api = await session.api();
  const agents = await api.get<AgentListItem[]>(`${await session.organizationPath()}/agents`);
  emit(io, format, agents, () =>
    table(
      [
        "ID",
        "NAME",
        "STATUS",
        "SERVERS",
        "KEYS",
        "CALLS 24H",
        "ERRORS 24H",
        "SPENT USD",
        "CAP USD",
        "LAST CALL",
      ],
      agents.map((agent) => [
        agent.id,
        agent.name,
        agent.status,
        agent.serverCount,
        agent.keyCount,
        agent.calls24h,
        agent.errors24h,
        usd(agent.spentMicros),
        usd(agent.capMicros),
        agent.lastCallAt,
      ]),
      "There are no agents yet. Make the first one with `mcpstack agents create <name>`.",
    ),
  );
  return EXIT.ok;
};

const factsOf = (agent: Agent): [string, Cell][] => [
  ["Agent", agent.name],
  ["Id", agent.id],
  ["Description", agent.description],
  ["Status", agent.status],
  ...(agent.pause === null
    ? []
    : ([
        ["Paused", `${agent.pause.at}, ${agent.pause.reason}`],
        ["Note", agent.pause.note],
      ] satisfies [string, Cell][])),
  ["Servers", agent.serverCount],
  ["Keys", agent.keyCount],
  ["Made by", agent.createdBy],
  ["Made", agent.createdAt],
];

/** One agent by id or name. */
export const agentsGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = await session.agentPath(argument(call, "agent"));
  const agent = await api.get<Agent>(path);
  const servers = format === "table" ? await api.get<AgentServer[]>(`${path}/servers`) : [];
  emit(
    io,
    format,
    agent,
    () =>
      `${facts(factsOf(agent))}\n${table(
        ["SERVER", "STATUS", "GATEWAY", "URL"],
        servers.map((server) => [
          server.serverSlug,
          server.serverStatus,
          server.gateway?.name ?? null,
          server.url,
        ]),
        "No server is attached. Attach one with `mcpstack agents attach <agent> <server>`.",
      )}`,
  );
  return EXIT.ok;
};

/** Makes an agent. */
export const agentsCreate: CommandRun = async (call) => {
  const { session } = call;
  const api = await session.api();
  const description = textOption(call, "description");
  const agent = await api.post<Agent>(`${await session.organizationPath()}/agents`, {
    name: argument(call, "name"),
    ...(description === undefined ? {} : { description }),
  });
  return show(call, agent);
};

/** Stops an agent. */
export const agentsPause: CommandRun = async (call) => {
  const api = await call.session.api();
  const path = await call.session.agentPath(argument(call, "agent"));
  return show(call, await api.post<Agent>(`${path}/pause`, { note: textOption(call, "note") ?? null }));
};

/** Lets an agent go on. */
export const agentsResume: CommandRun = async (call) => {
  const api = await call.session.api();
  const path = await call.session.agentPath(argument(call, "agent"));
  return show(call, await api.post<Agent>(`${path}/resume`));
};

function show({ io, format }: CommandCall, agent: Agent) {
  emit(io, format, agent, () => facts(factsOf(agent)));
  return EXIT.ok;
}
