import type { EvidenceRef, VerdictCode } from "#lib/contract/index.ts";
import { doesNotApply } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { logPath } from "../../facts/refs.ts";
import { mostlyAnswered, UPSTREAM_TROUBLES } from "../../facts/upstream.ts";
import { listed, said } from "../../facts/words.ts";

export const upstream: Check = {
  id: "logs.upstream",
  stage: "logs",
  title: "Answers of upstreams",
  needs: ["logs.upstream"],
  run(evidence) {
    const hosts = valueIn(evidence.logs.upstream) ?? [];
    const lookedAt = "What the servers behind answered, by host, against the window before.";
    const told = (host: (typeof hosts)[number]) =>
      `${said(host.host, 100)}: ${Object.entries(host.byAnswer)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([answer, count]) => `${count}× ${said(answer, 20)}`)
        .join(", ")}`;
    const refOf = (host: (typeof hosts)[number]): EvidenceRef => ({
      kind: "upstream",
      id: host.exampleIds[0] ?? `logs.upstream.${host.host}`.slice(0, 200),
      label: told(host),
      at: null,
      path: logPath(evidence),
    });
    const troubled = UPSTREAM_TROUBLES.flatMap((trouble) =>
      mostlyAnswered(evidence, trouble).map((host) => ({ trouble, host })),
    );
    const supports: VerdictCode[] = [...new Set(troubled.map(({ trouble }) => trouble.cause))];
    if (hosts.length === 0) return doesNotApply(lookedAt, "Nothing was asked upstream.");
    if (troubled.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding: `${listed(hosts.map(told), 2)}.`,
        evidence: hosts.slice(0, 5).map(refOf),
        rulesOut: ["upstream_auth", "upstream_down", "upstream_errors"],
      };
    return {
      status: "fail",
      lookedAt,
      finding: `${listed([...new Set(troubled.map(({ host }) => told(host)))], 3)}.`,
      evidence: [...new Map(troubled.map(({ host }) => [host.host, refOf(host)])).values()].slice(0, 10),
      supports: supports.includes("upstream_auth")
        ? [...supports, "config_change", "call_time_authorization"]
        : supports,
    };
  },
};
