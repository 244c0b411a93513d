import type { ServerListItem } from "#lib/contract/index.ts";
import type { CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

export const percent = (share: number | null): string | null =>
  share === null ? null : `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/** All servers with the last 24 hours. */
export const serversList: CommandRun = async ({ io, session, format }) => {
  const api = await session.api();
  const servers = await api.get<ServerListItem[]>(`${await session.organizationPath()}/mcp-servers`);
  emit(io, format, servers, () =>
    table(
      ["SLUG", "NAME", "KIND", "STATUS", "VERSION", "TOOLS", "CALLS 24H", "ERRORS", "P95"],
      servers.map((server) => [
        server.slug,
        server.name,
        server.kind,
        server.status,
        server.activeVersion?.semver,
        server.toolCount,
        server.calls24h,
        percent(server.errorRate24h),
        server.p95Ms24h === null ? null : `${Math.round(server.p95Ms24h)} ms`,
      ]),
      "There are no servers yet. Make the first one in the dashboard.",
    ),
  );
  return EXIT.ok;
};
