import type { Gateway } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts, table } from "../output.ts";

/** One gateway by id or name. */
export const gatewaysGet: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const gateway = await api.get<Gateway>(await session.gatewayPath(argument(call, "gateway")));
  emit(
    io,
    format,
    gateway,
    () =>
      `${facts([
        ["Gateway", gateway.name],
        ["Id", gateway.id],
        ["Access", gateway.access.join(", ")],
        ...(gateway.authorizationServerUrl === null
          ? []
          : ([
              ["Authorization server", gateway.authorizationServerUrl],
              ["Client id", gateway.clientId],
              ["Audience", gateway.resource ?? "the public URL"],
              ["Scopes", gateway.scopes.join(" ")],
            ] as const)),
        ["Calls a minute", gateway.callsPerMinuteMax ?? "no limit"],
        ["Calls at once", gateway.concurrentMax ?? "no limit"],
        ["Grants", gateway.grantCount],
        ["Keys", gateway.keyCount],
        ["Made by", gateway.createdBy],
        ["Made", gateway.createdAt],
      ])}\n${table(
        ["SERVER", "STATUS", "URL"],
        gateway.servers.map((server) => [server.serverSlug, server.serverStatus, server.url]),
        "No server is behind this gateway.",
      )}`,
  );
  return EXIT.ok;
};
