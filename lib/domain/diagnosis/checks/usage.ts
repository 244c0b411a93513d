import { nothingFound, notKnown } from "../answers.ts";
import type { Check } from "../check.ts";
import { callerName } from "../facts/caller-names.ts";
import { valueIn } from "../facts/collected.ts";
import { oneToolOfOneAgent, repeatedCalls, retries } from "../facts/loops.ts";
import { usagePath, valueRef } from "../facts/refs.ts";
import { againstPrevious, causesOfMore, failingAlone, moreCalls } from "../facts/volume.ts";
import { counted, listed, percent, said } from "../facts/words.ts";

const volume: Check = {
  id: "usage.volume",
  stage: "usage_billing",
  title: "Calls against earlier windows",
  needs: ["usage.comparisons"],
  run(evidence) {
    const all = valueIn(evidence.usage.comparisons) ?? [];
    const lookedAt = "This window against the one before, the same hours yesterday and last week.";
    if (all.length === 0) return notKnown(lookedAt, "Nothing to compare.");
    const words = { previous: "in the window before", day: "yesterday", week: "last week" } as const;
    const told = all.map(({ against, before }) => `${counted(before.calls, "call")} ${words[against]}`);
    const now = all[0]?.now.calls ?? 0;
    const more = moreCalls(evidence);
    return {
      status: more === null ? "pass" : "warn",
      lookedAt,
      finding: `${counted(now, "call")}; ${listed(told)}.`,
      evidence: all.map((compared) => ({
        kind: "comparison",
        id: `usage.comparisons.${compared.against}`,
        label: `${counted(compared.now.calls, "call")} now, ${compared.before.calls} ${words[compared.against]}`,
        at: null,
        path: usagePath(evidence, { compare: compared.against }),
      })),
      supports: ["growth", "loop", "retry_storm", "embed_traffic", "new_client"],
      rulesOut: more === null ? ["growth", "loop", "retry_storm", "embed_traffic", "new_client"] : [],
    };
  },
};

const shifts: Check = {
  id: "usage.shifts",
  stage: "usage_billing",
  title: "What moved",
  needs: ["usage.comparisons"],
  run(evidence) {
    const compared = againstPrevious(evidence);
    const lookedAt = "Clients, agents, sources, tools, keys, regions and versions of the calls.";
    if (compared === null || compared.now.calls === 0) return notKnown(lookedAt, "No calls to tell apart.");
    const alone = [...failingAlone(evidence, "region"), ...failingAlone(evidence, "version")];
    const shown = alone.length > 0 ? alone : compared.shifts;
    const refs = shown.slice(0, 10).map((shift) => ({
      kind: "comparison" as const,
      id: `usage.comparisons.previous.${shift.dimension}.${said(shift.key, 100)}`,
      label: `${shift.dimension} ${said(shift.label, 100)}: ${counted(shift.now.calls, "call")} with ${counted(shift.now.errors, "error")}, before ${shift.before.calls} with ${shift.before.errors}`,
      at: null,
      path: usagePath(evidence),
    }));
    if (alone.length > 0)
      return {
        status: "fail",
        lookedAt,
        finding: `${listed(alone.map(({ dimension, label, now }) => `${dimension} ${said(label, 60)} fails ${percent(now.errors / now.calls)} of its calls`))}; the others do not.`,
        evidence: refs,
        supports: [
          ...(alone.some(({ dimension }) => dimension === "region") ? (["region_down"] as const) : []),
          ...(alone.some(({ dimension }) => dimension === "version") ? (["bad_deployment"] as const) : []),
        ],
      };
    return {
      status: "pass",
      lookedAt,
      finding: compared.shifts.length === 0 ? "No difference found." : `${refs[0]?.label ?? ""}.`,
      evidence: refs,
    };
  },
};

const embeds: Check = {
  id: "usage.embeds",
  stage: "usage_billing",
  title: "Embeds",
  needs: ["usage.comparisons"],
  run(evidence) {
    const lookedAt = "Calls of embeds among those that are more than before.";
    const embed = causesOfMore(evidence, "source", 0.4).find(({ key }) => key === "embed");
    if (embed === undefined) return nothingFound(lookedAt, "They are not what grew.", ["embed_traffic"]);
    return {
      status: "warn",
      lookedAt,
      finding: `Embeds made ${counted(embed.now.calls, "call")}, ${embed.before.calls} before.`,
      evidence: [
        {
          kind: "comparison",
          id: "usage.comparisons.previous.source.embed",
          label: `embeds: ${embed.now.calls} calls, ${embed.before.calls} before`,
          at: null,
          path: usagePath(evidence, { by: "source" }),
        },
      ],
      supports: ["embed_traffic"],
    };
  },
};

const clients: Check = {
  id: "usage.clients",
  stage: "usage_billing",
  title: "New clients",
  needs: ["usage.newClients"],
  run(evidence) {
    const fresh = valueIn(evidence.usage.newClients) ?? [];
    const lookedAt = "Clients that did not call in the seven days before.";
    const [first] = fresh;
    if (first === undefined) return nothingFound(lookedAt, "None.", ["new_client"]);
    return {
      status: "warn",
      lookedAt,
      finding: `${listed(fresh.map(({ client, calls }) => `${said(client, 80)} (${counted(calls, "call")})`))} ${fresh.length === 1 ? "is" : "are"} new.`,
      evidence: fresh
        .slice(0, 5)
        .map(({ client, calls, firstAt }) =>
          valueRef(
            `usage.newClients.${said(client, 80)}`,
            `${said(client, 80)}: ${counted(calls, "call")}`,
            usagePath(evidence, { by: "client", client }),
            firstAt,
          ),
        ),
      supports: ["new_client"],
    };
  },
};

const repeated: Check = {
  id: "usage.repeats",
  stage: "usage_billing",
  title: "Repeated calls",
  needs: ["usage.repeats"],
  run(evidence) {
    const repeats = valueIn(evidence.usage.repeats);
    const lookedAt =
      "Calls with the same arguments as the caller's call before, where arguments are recorded.";
    if (repeats === null) return notKnown(lookedAt);
    const same = repeatedCalls(evidence);
    const one = oneToolOfOneAgent(evidence);
    const path = usagePath(evidence, { by: "agent" });
    if (same !== null)
      return {
        status: "fail",
        lookedAt,
        finding: `${percent(same.ratio)} of ${counted(repeats.calls, "call")} repeat the one before${same.tool === null ? "" : `, most of ${said(same.tool, 80)}`}${same.who === null ? "" : ` by ${callerName(evidence, same.who)}`}.`,
        evidence: [valueRef("usage.repeats.ratio", `${percent(same.ratio)} repeated`, path)],
        supports: ["loop"],
      };
    if (one !== null)
      return {
        status: "warn",
        lookedAt,
        finding: `Arguments are not recorded; ${said(one.agent, 80)} called ${said(one.tool, 80)} ${counted(one.more, "time")} more than before.`,
        evidence: [
          valueRef(
            "usage.repeats",
            `${said(one.agent, 80)}: ${one.more} more calls of ${said(one.tool, 80)}`,
            path,
          ),
        ],
        supports: ["loop"],
      };
    return {
      status: repeats.ratio === null ? "unknown" : "pass",
      lookedAt,
      finding:
        repeats.ratio === null
          ? "Arguments are not recorded."
          : `${percent(repeats.ratio)} of ${counted(repeats.calls, "call")}.`,
      evidence: [],
      rulesOut: repeats.ratio === null ? [] : ["loop"],
    };
  },
};

const retried: Check = {
  id: "usage.retries",
  stage: "usage_billing",
  title: "Retries",
  needs: ["usage.repeats"],
  run(evidence) {
    const repeats = valueIn(evidence.usage.repeats);
    const lookedAt = "Calls that follow a failed one of the same caller and tool within seconds.";
    if (repeats === null || repeats.retryRatio === null) return notKnown(lookedAt, "No calls to look at.");
    const storm = retries(evidence);
    const finding = `${percent(repeats.retryRatio)} of ${counted(repeats.calls, "call")}, ${percent(repeats.retryRatioBefore ?? 0)} before.`;
    return {
      status: storm === null ? "pass" : "fail",
      lookedAt,
      finding,
      evidence: [valueRef("usage.repeats.retryRatio", finding, usagePath(evidence, { by: "outcome" }))],
      supports: ["retry_storm"],
      rulesOut: storm === null ? ["retry_storm"] : [],
    };
  },
};

export const USAGE_CHECKS: readonly Check[] = [volume, shifts, embeds, clients, repeated, retried];
