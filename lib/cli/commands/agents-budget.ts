import type { AgentBudget, UpdateAgentBudget } from "#lib/contract/index.ts";
import { formatUsd, microsOf, microsOfUsd } from "#lib/kernel/money.ts";
import type { ApiClient } from "../api-client.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { type Cell, emit, facts, table } from "../output.ts";

/** Shows what an agent may spend, after changing it where that is asked for. */
export const agentsBudget: CommandRun = async (call) => {
  const { io, session, format, options } = call;
  if (options.pause === true && options.resume === true) throw usageError("Choose --pause or --resume.");
  const given = capsGiven(call);
  const api = await session.api();
  const path = await session.agentPath(argument(call, "agent"));
  if (options.pause === true) await api.post(`${path}/pause`, {});
  const changes = await changesOf(api, path, given);
  let budget =
    changes === null
      ? await api.get<AgentBudget>(`${path}/budget`)
      : await api.patch<AgentBudget>(`${path}/budget`, changes);
  if (options.resume === true) {
    // After a new cap, so that it does not run on under the old one.
    await api.post(`${path}/resume`);
    budget = await api.get<AgentBudget>(`${path}/budget`);
  }
  emit(io, format, budget, () => textOf(budget));
  const isStopped = budget.status === "paused" || budget.remainingMicros === "0";
  return options.check === true && isStopped ? EXIT.limit : EXIT.ok;
};

/** The caps on the command line in micros; null: none. */
interface CapsGiven {
  caps: UpdateAgentBudget;
  /** The own cap of one end user. */
  user: { endUser: string; capMicros: string | null } | null;
}

function capsGiven(call: CommandCall): CapsGiven {
  const endUser = textOption(call, "user");
  const userCap = capOption(call, "user-cap");
  if (endUser !== undefined && userCap === undefined)
    throw usageError("--user needs --user-cap.", 'For example: --user "ada@example.com" --user-cap 1.00');
  const named = {
    monthlyCapMicros: capOption(call, "cap"),
    defaultUserCapMicros: endUser === undefined ? userCap : undefined,
    anonymousUserCapMicros: capOption(call, "anonymous-cap"),
    sessionCapMicros: capOption(call, "session-cap"),
  };
  return {
    caps: Object.fromEntries(Object.entries(named).filter(([, cap]) => cap !== undefined)),
    user: endUser === undefined ? null : { endUser, capMicros: userCap ?? null },
  };
}

/** An amount in USD, as micros; null for `none`, undefined when the flag was not given. */
function capOption(call: CommandCall, flag: string): string | null | undefined {
  const text = textOption(call, flag);
  if (text === undefined) return undefined;
  if (text === "none") return null;
  const micros = microsOfUsd(text);
  if (micros === null || micros < 0n)
    throw usageError(
      `--${flag} ${JSON.stringify(text)} is no amount in USD.`,
      `For example: --${flag} 25.00, or --${flag} none.`,
    );
  return String(micros);
}

/** What to send; null when nothing changes. The caps of end users are replaced together, so the others are read first. */
async function changesOf(
  api: ApiClient,
  path: string,
  { caps, user }: CapsGiven,
): Promise<UpdateAgentBudget | null> {
  if (user === null) return Object.keys(caps).length === 0 ? null : caps;
  const { endUser, capMicros } = user;
  const { userCaps } = await api.get<AgentBudget>(`${path}/budget`);
  const others = userCaps.filter((cap) => cap.endUser !== endUser);
  return { ...caps, userCaps: capMicros === null ? others : [...others, { endUser, capMicros }] };
}

const usd = (micros: string | null): string => (micros === null ? "no cap" : formatUsd(microsOf(micros)));

function textOf(budget: AgentBudget): string {
  const pairs: [string, Cell][] = [
    ["Month", `${budget.period.start.slice(0, 7)} (UTC)`],
    ["Status", budget.pause === null ? budget.status : `${budget.status}: ${budget.pause.reason}`],
    ["Cap USD", usd(budget.monthlyCapMicros)],
    ["Spent USD", usd(budget.spentMicros)],
    ["Set aside USD", usd(budget.leasedMicros)],
    ["Remaining USD", budget.remainingMicros === null ? "no cap" : usd(budget.remainingMicros)],
    ["At most over USD", usd(budget.overrunBoundMicros)],
    ["Per user USD", usd(budget.defaultUserCapMicros)],
    ["Anonymous users USD", usd(budget.anonymousUserCapMicros)],
    ["Per session USD", usd(budget.sessionCapMicros)],
    ["Budgets away", budget.onUnavailable],
    ["Same call a minute", budget.loopCallsPerMinuteMax ?? "not watched"],
  ];
  const users = budget.userCaps.map((cap) => [cap.endUser, usd(cap.capMicros)]);
  return users.length === 0 ? facts(pairs) : `${facts(pairs)}\n${table(["END USER", "CAP USD"], users, "")}`;
}
