import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { quoted, said } from "./words.ts";

/** What people call a caller that the log names as `agent:<id>` or `key:<id>`, as far as the evidence knows its name. */
export function callerName(evidence: Evidence, principal: string | null): string {
  const [, kind = "", id = ""] = /^(agent|key):(.+)$/.exec(principal ?? "") ?? [];
  if (kind === "agent") {
    const name = agentName(evidence, id);
    return name === null ? "an agent" : said(name, 80);
  }
  if (kind === "key") {
    const name = keyName(evidence, id);
    return name === null ? "a caller with a key" : `the caller with the key ${quoted(name, 80)}`;
  }
  // A caller without a name is told apart by the hash of its session.
  const isNamed = principal !== null && !/^(?:anonymous|[0-9a-f]{16,}|)$/.test(principal);
  return isNamed ? said(principal, 80) : "a caller";
}

function agentName({ subject: { agent }, usage }: Evidence, id: string): string | null {
  if (agent?.id === id) return agent.name;
  const shifts = (valueIn(usage.comparisons) ?? []).flatMap((compared) => compared.shifts);
  const label = shifts.find(({ dimension, key }) => dimension === "agent" && key === id)?.label ?? id;
  return label === id ? null : label;
}

const keyName = ({ gateway, budget }: Evidence, id: string): string | null =>
  [...(valueIn(gateway.keys) ?? []), ...(valueIn(budget.agent)?.keys ?? [])].find((key) => key.id === id)
    ?.name ?? null;
