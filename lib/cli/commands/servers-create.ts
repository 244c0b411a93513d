import type { Server } from "#lib/contract/index.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";

/** Makes a server: a hosted one, or with `--upstream` one that runs elsewhere. */
export const serversCreate: CommandRun = async (call) => {
  const { io, session, format } = call;
  const slug = argument(call, "slug");
  const upstreamUrl = textOption(call, "upstream");
  const api = await session.api();
  const server = await api.post<Server>(`${await session.organizationPath()}/mcp-servers`, {
    kind: upstreamUrl === undefined ? "hosted" : "connected",
    slug,
    name: textOption(call, "name") ?? slug,
    description: textOption(call, "description") ?? "",
    ...(upstreamUrl === undefined ? {} : { upstreamUrl }),
  });
  emit(io, format, server, () =>
    facts([
      ["ID", server.id],
      ["Slug", server.slug],
      ["Kind", server.kind],
      ["Status", server.status],
      ["MCP URL", server.mcpUrl],
    ]),
  );
  return EXIT.ok;
};
