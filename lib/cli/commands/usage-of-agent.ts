import type { AgentUsage } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withQuery } from "../log-filters.ts";
import { emit, facts, table } from "../output.ts";
import { usageText, usd } from "../usage-text.ts";
import { usageParameters } from "../usage-window.ts";

/** What an agent called and spent in a window, and its month so far. */
export const agentsUsage: CommandRun = async (call) => {
  const query = usageParameters(call);
  const api = await call.session.api();
  const path = `${await call.session.agentPath(argument(call, "agent"))}/usage`;
  const usage = await api.get<AgentUsage>(withQuery(path, query));
  emit(call.io, call.format, usage, () => textOf(usage));
  return EXIT.ok;
};

function textOf(usage: AgentUsage): string {
  const { month, endUsers } = usage;
  const head = facts([
    ["Agent", `${usage.agentName} (${usage.agentId})`],
    ["Month (UTC)", month.start.slice(0, 7)],
    ["Spent this month USD", usd(month.spentMicros)],
    ["Cap USD", month.capMicros === null ? "no cap" : usd(month.capMicros)],
    ["Remaining USD", month.remainingMicros === null ? "no cap" : usd(month.remainingMicros)],
    ["Calls this month", month.calls],
  ]);
  const users = endUsers.map(({ endUser, spentMicros, capMicros }) => [
    endUser === "" ? "anonymous" : endUser,
    usd(spentMicros),
    capMicros === null ? "no cap" : usd(capMicros),
  ]);
  const ofUsers = users.length === 0 ? "" : `\n${table(["END USER", "SPENT USD", "CAP USD"], users, "")}`;
  return `${head}\n${usageText(usage)}${ofUsers}`;
}
