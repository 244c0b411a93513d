import type { Server } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";

/** One server by slug or id. */
export const serversGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const server = await api.get<Server>(await session.serverPath(argument(call, "server")));
  const smoke = server.lastSmoke;
  emit(io, format, server, () =>
    facts([
      ["Server", `${server.name} (${server.slug})`],
      ["Id", server.id],
      ["Kind", server.kind],
      ["Status", server.status],
      ["MCP URL", server.mcpUrl],
      ...(server.gateway === null
        ? ([["Direct access", server.directAccess]] as const)
        : ([
            ["Gateway", `${server.gateway.name} (${server.gateway.id})`],
            ["Direct access", "closed: the server is behind a gateway"],
          ] as const)),
      ...(server.upstreamUrl === null ? [] : [["Upstream", server.upstreamUrl] as const]),
      ["Version", server.activeVersion?.semver],
      ["Published", server.activeVersion?.publishedAt],
      ["Tools", server.toolCount],
      ["Last smoke", smoke ? `${smoke.status} at ${smoke.at}${smoke.error ? `: ${smoke.error}` : ""}` : null],
      ["Retention", server.retentionDays === 0 ? "live only" : `${server.retentionDays} days`],
      ["Owner", server.owner],
    ]),
  );
  return EXIT.ok;
};
