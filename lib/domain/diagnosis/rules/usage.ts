import type { Evidence } from "#lib/contract/index.ts";
import type { Asked } from "../check.ts";
import { callerName } from "../facts/caller-names.ts";
import { isCollected, valueIn } from "../facts/collected.ts";
import { mostCallsFail } from "../facts/failures.ts";
import { oneToolOfOneAgent, repeatedCalls, retries } from "../facts/loops.ts";
import { agentsUsingMore } from "../facts/money.ts";
import { causesOfMore, moreCalls } from "../facts/volume.ts";
import { counted, listed, percent, said } from "../facts/words.ts";
import { pauseAgent } from "./actions.ts";
import { loopThatWasStopped } from "./agents.ts";
import type { Rule } from "./rule.ts";

/** Use explains a drop of credits only to those who may see what it cost. */
const mayBeCause = (evidence: Evidence, { symptom }: Asked): boolean =>
  symptom !== "credits_drop" || agentsUsingMore(evidence).length > 0;
/** More use is a fault only to those who wonder about it. */
const isWondered = (asked: Asked): boolean =>
  asked.symptom === "usage_spike" || asked.symptom === "credits_drop";

/** Who repeats calls that fail does so because something else makes them fail: that is no cause, except of more use. */
const isByFailures = (evidence: Evidence, asked: Asked): boolean =>
  !isWondered(asked) && mostCallsFail(evidence);

const grown = (evidence: Evidence): string => {
  const volume = moreCalls(evidence);
  return volume === null ? "" : `${counted(volume.now, "call")} instead of ${volume.before}`;
};

const loop: Rule = {
  code: "loop",
  hop: "client",
  run(evidence, asked) {
    const stopped = loopThatWasStopped(evidence);
    if (stopped !== null) return stopped;
    if (!mayBeCause(evidence, asked)) return null;
    const same = isByFailures(evidence, asked) ? null : repeatedCalls(evidence);
    const fix = ["Find out why the caller repeats itself; a budget with a loop limit pauses it by itself."];
    if (same !== null) {
      const [, agentId] = /^agent:(\S+)$/.exec(same.who ?? "") ?? [];
      return {
        confidence: "certain",
        sentence: `${callerName(evidence, same.who)} makes the same call${same.tool === null ? "" : ` of ${said(same.tool, 80)}`} again and again: ${percent(same.ratio)} of the calls repeat the one before; ${grown(evidence)}.`,
        fix,
        actions:
          agentId === undefined
            ? []
            : pauseAgent(evidence, { id: agentId, name: callerName(evidence, same.who) }),
      };
    }
    const one = oneToolOfOneAgent(evidence);
    if (one === null || !isWondered(asked)) return null;
    return {
      confidence: "likely",
      sentence: `${said(one.agent, 80)} called ${said(one.tool, 80)} ${counted(one.more, "time")} more than before; arguments are not recorded, so whether they repeat is not known.`,
      fix,
    };
  },
};

const retryStorm: Rule = {
  code: "retry_storm",
  hop: "client",
  run(evidence, asked) {
    const storm = retries(evidence);
    if (storm === null) return null;
    return {
      confidence: isByFailures(evidence, asked) ? "likely" : "certain",
      sentence: `${percent(storm.ratio)} of ${counted(storm.calls, "call")} try a failed one again within seconds (${percent(storm.before)} before); ${grown(evidence)}.`,
      fix: ["Let callers wait longer after each failure and give up, and correct what fails."],
    };
  },
};

const embedTraffic: Rule = {
  code: "embed_traffic",
  hop: "client",
  run(evidence, asked) {
    const embed = causesOfMore(evidence, "source", 0.4).find(({ key }) => key === "embed");
    if (embed === undefined || !isWondered(asked) || !mayBeCause(evidence, asked)) return null;
    return {
      confidence: "certain",
      sentence: `Embeds made ${counted(embed.now.calls, "call")} instead of ${embed.before.calls}: ${grown(evidence)} in all.`,
      fix: ["See where the widget is shown; limit its key if it is too much."],
    };
  },
};

const newClient: Rule = {
  code: "new_client",
  hop: "client",
  run(evidence, asked) {
    const volume = moreCalls(evidence);
    if (volume === null || !isWondered(asked) || !mayBeCause(evidence, asked)) return null;
    const fresh = (valueIn(evidence.usage.newClients) ?? []).filter(
      ({ calls }) => calls >= 0.3 * volume.more,
    );
    if (fresh.length === 0) return null;
    return {
      confidence: "certain",
      sentence: `${listed(fresh.map(({ client, calls }) => `${said(client, 80)} (${counted(calls, "call")})`))} did not call in the seven days before: ${grown(evidence)} in all.`,
      fix: ["Ask whose it is; limit its key if it is too much."],
    };
  },
};

const growth: Rule = {
  code: "growth",
  hop: "none",
  run(evidence, asked) {
    const volume = moreCalls(evidence);
    if (volume === null || asked.symptom !== "usage_spike") return null;
    // It is what is left when it is known that nothing more special moved.
    if (!isCollected(evidence, "usage.repeats") || !isCollected(evidence, "usage.newClients")) return null;
    const special = [loop, retryStorm, embedTraffic, newClient].some(
      (rule) => rule.run(evidence, asked) !== null,
    );
    const isByUse = loopThatWasStopped(evidence) === null && special;
    if (isByUse) return null;
    return {
      confidence: "likely",
      sentence: `${counted(volume.now, "call")} instead of ${volume.before}, by the same clients and tools as before.`,
      fix: ["Nothing is broken; see whether the plan and the budgets still fit."],
    };
  },
};

export const USAGE_RULES: readonly Rule[] = [loop, retryStorm, embedTraffic, newClient, growth];
