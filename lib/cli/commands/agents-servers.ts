import type { AgentServer } from "#lib/contract/index.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";
import { argument, type CommandCall, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit } from "../output.ts";

const pathOf = async (call: CommandCall): Promise<string> =>
  `${await call.session.agentPath(argument(call, "agent"))}/servers/${encodeURIComponent(argument(call, "server"))}`;

/** Lets an agent call a server. */
export const agentsAttach: CommandRun = async (call) => {
  const api = await call.session.api();
  const attached = await api.put<AgentServer>(await pathOf(call));
  emit(
    call.io,
    call.format,
    attached,
    () => `Attached ${plainLine(attached.serverSlug)}. The agent calls it at ${plainLine(attached.url)}\n`,
  );
  return EXIT.ok;
};

/** Takes a server from an agent. */
export const agentsDetach: CommandRun = async (call) => {
  const api = await call.session.api();
  await api.delete(await pathOf(call));
  const server = argument(call, "server");
  emit(call.io, call.format, { server, attached: false }, () => `Detached ${plainLine(server)}.\n`);
  return EXIT.ok;
};
