import type { ChangeEvidence, Evidence } from "#lib/contract/index.ts";
import { changeBefore, configurationsOf, deploymentsOf } from "../facts/changes.ts";
import { valueIn } from "../facts/collected.ts";
import { denialsOf } from "../facts/denials.ts";
import { callsIn, type Failure, type FailureKind, failuresOfKind } from "../facts/failures.ts";
import { over } from "../facts/over.ts";
import { isOfThePast, workedThen } from "../facts/past.ts";
import { isPlaceDown, regionsDown } from "../facts/regions.ts";
import { failingAlone } from "../facts/volume.ts";
import { clock, counted, listed, percent, quoted, said } from "../facts/words.ts";
import { restart, rollBack, runSmoke } from "./actions.ts";
import type { Rule } from "./rule.ts";

const words = (failures: readonly Failure[]): string => {
  const [worst] = failures;
  return worst === undefined
    ? ""
    : `${counted(callsIn(failures), "call")} failed since ${worst.firstAt.slice(11, 19)} UTC with ${quoted(worst.message)}`;
};

/** What fails behind a server, or is refused there, may have begun to at any time. */
const OF_OTHERS: readonly FailureKind[] = ["unreachable", "upstream_error", "authorization"];
const isOfOthers = (failures: readonly Failure[]): boolean =>
  failures.every(({ kind }) => OF_OTHERS.includes(kind));
/** No setting of ours makes an upstream break, or a caller bring the wrong arguments. */
const isOfNoSetting = (failures: readonly Failure[]): boolean =>
  failures.every(({ kind }) => kind === "upstream_error" || kind === "arguments");

const serverDeleted: Rule = {
  code: "server_deleted",
  hop: "gateway",
  run({ subject: { server } }) {
    if (server === null || !server.isDeleted) return null;
    return {
      confidence: "certain",
      sentence: `${said(server.name)} was deleted, so nothing answers at its URL any more.`,
      fix: ["Create it again under the same slug, or point its clients elsewhere."],
    };
  },
};

const notPublished: Rule = {
  code: "not_published",
  hop: "runtime",
  run({ subject: { server } }) {
    if (server === null || server.isDeleted || server.kind !== "hosted" || server.version !== null)
      return null;
    return {
      confidence: "certain",
      sentence: `${said(server.name)} has no published version, so there is nothing that could answer.`,
      fix: ["Publish a version on its Hosting page."],
    };
  },
};

const serverInactive: Rule = {
  code: "server_inactive",
  hop: "gateway",
  run(evidence) {
    const { server } = evidence.subject;
    if (server === null || server.isDeleted || (server.kind === "hosted" && server.version === null))
      return null;
    const denied = denialsOf(evidence, "server_inactive").reduce((sum, { count }) => sum + count, 0);
    if (server.status === "active" && denied === 0) return null;
    if (server.status === "active")
      return {
        ...over(evidence),
        sentence: `${counted(denied, "request")} came while ${said(server.name)} was not active; it is now.`,
      };
    return {
      confidence: denied === 0 && workedThen(evidence) ? "likely" : "certain",
      sentence: `${said(server.name)} is ${said(server.status)}${denied === 0 ? "" : `; ${counted(denied, "request")} were turned away`}.`,
      fix: ["Activate it on its Hosting page."],
    };
  },
};

/** Without calls that went well before, nothing says that they would not have failed before. */
const hasWorkedBefore = ({ logs }: Evidence): boolean => {
  const counts = valueIn(logs.counts);
  return counts !== null && counts.before.callsOk > 0;
};

/** `detail` of a publish names the version before, where there was one: `version 1.0.0 to 1.1.0`. */
const isFirst = ({ action, detail }: ChangeEvidence): boolean =>
  action === "publish" && /^version \S+$/.test(detail);

const badDeployment: Rule = {
  code: "bad_deployment",
  hop: "runtime",
  run(evidence) {
    const found = changeBefore(evidence, deploymentsOf(evidence));
    if (found !== null)
      return {
        // Before the first version there was nothing to fail.
        confidence:
          isOfOthers(found.failures) || isFirst(found.change) || !hasWorkedBefore(evidence)
            ? "likely"
            : "certain",
        sentence: `Since ${said(found.change.action)} of ${said(found.change.detail)} at ${clock(found.change.at, evidence.at)} ${words(found.failures)}; before it they did not.`,
        fix: ["Roll back to the version before, then look at the error in the logs."],
        actions: rollBack(evidence, found.change.detail),
      };
    const [alone] = failingAlone(evidence, "version");
    if (alone === undefined) return null;
    return {
      confidence: "likely",
      sentence: `Version ${said(alone.label)} fails ${percent(alone.now.errors / alone.now.calls)} of ${counted(alone.now.calls, "call")}; other versions do not.`,
      fix: ["Roll back to a version that works."],
    };
  },
};

const configChange: Rule = {
  code: "config_change",
  hop: "runtime",
  run(evidence) {
    const found = changeBefore(evidence, configurationsOf(evidence));
    if (found === null) return null;
    return {
      confidence:
        /environment|upstreamHeaders|upstreamUrl/.test(found.change.detail) &&
        !isOfNoSetting(found.failures) &&
        hasWorkedBefore(evidence)
          ? "certain"
          : "likely",
      sentence: `Since ${said(found.change.actor)} changed ${said(found.change.detail === "" ? found.change.action : found.change.detail)} at ${clock(found.change.at, evidence.at)} ${words(found.failures)}; before it they did not.`,
      fix: ["Put the setting back, or correct it, and run a smoke test."],
      actions: runSmoke(evidence),
    };
  },
};

/** Whoever stopped it may have meant to. */
const STOPPED = /was stopped while/i;
const runtimeCrash: Rule = {
  code: "runtime_crash",
  hop: "runtime",
  run(evidence) {
    if (evidence.subject.server?.kind !== "hosted") return null;
    const failures = failuresOfKind(evidence, "crash");
    const ended = (valueIn(evidence.hosting.crashes) ?? []).filter(
      ({ at }) => at >= evidence.window.from && at < evidence.window.to,
    );
    if (failures.length === 0 && ended.length < 3) return null;
    const why = ended[0]?.reason ?? failures[0]?.message ?? "";
    return {
      confidence: failures.some(({ message }) => !STOPPED.test(message)) ? "certain" : "likely",
      sentence: `The server's runtime ended${ended.length === 0 ? "" : ` ${counted(ended.length, "time")}`} while it worked${callsIn(failures) === 0 ? "" : `, which broke ${counted(callsIn(failures), "call")}`}: ${quoted(why, 300)}.`,
      fix: ["Look at the last lines before it ended; let the tool work on less at once."],
      actions: restart(evidence),
    };
  },
};

const regionDown: Rule = {
  code: "region_down",
  hop: "runtime",
  run(evidence) {
    const down = isPlaceDown(evidence) ? regionsDown(evidence) : [];
    if (down.length > 0)
      return {
        // Where it is down now it need not have been then.
        confidence: isOfThePast(evidence) ? "likely" : "certain",
        sentence: `${listed(down.map(({ region, why }) => `region ${said(region)} is down: ${why}`))}; the other regions are looked at apart.`,
        fix: ["See the failed step on the Hosting page; send clients to another region until then."],
        actions: runSmoke(evidence),
      };
    const [alone] = failingAlone(evidence, "region");
    if (alone === undefined) return null;
    return {
      confidence: "likely",
      sentence: `Region ${said(alone.label)} fails ${percent(alone.now.errors / alone.now.calls)} of ${counted(alone.now.calls, "call")}; other regions do not.`,
      fix: ["Run a hosting check and see which step fails in that region."],
      actions: runSmoke(evidence),
    };
  },
};

export const SERVER_RULES: readonly Rule[] = [
  serverDeleted,
  notPublished,
  serverInactive,
  badDeployment,
  configChange,
  runtimeCrash,
  regionDown,
];
