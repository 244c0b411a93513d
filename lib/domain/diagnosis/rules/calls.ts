import type { Evidence } from "#lib/contract/index.ts";
import { deploymentsOf } from "../facts/changes.ts";
import { valueIn } from "../facts/collected.ts";
import { callsIn, type Failure, type FailureKind, failuresOf, failuresOfKind } from "../facts/failures.ts";
import { BROKEN, mostlyAnswered, REFUSED, UNREACHED, type UpstreamTrouble } from "../facts/upstream.ts";
import { bytes, counted, listed, milliseconds, quoted, said } from "../facts/words.ts";
import { restart, rollBack, runSmoke } from "./actions.ts";
import type { Rule } from "./rule.ts";

/** `14 calls of get_ticket`, or `a test call`. */
function ofCalls(failures: readonly Failure[]): string {
  const tools = [...new Set(failures.flatMap(({ tool }) => tool ?? []))].sort();
  const calls = callsIn(failures);
  const what = calls === 0 ? "a test call" : counted(calls, "call");
  return tools.length === 0 ? what : `${what} of ${listed(tools, 3)}`;
}

function hostsOf(evidence: Evidence, trouble: UpstreamTrouble): { names: string; count: number } | null {
  const hosts = mostlyAnswered(evidence, trouble);
  if (hosts.length === 0) return null;
  return {
    names: listed(
      hosts.map(({ host }) => said(host, 100)),
      3,
    ),
    count: hosts.reduce((sum, { count }) => sum + count, 0),
  };
}

const isHosted = ({ subject: { server } }: Evidence): boolean => server?.kind === "hosted";
const said0 = (failures: readonly Failure[]): string => quoted(failures[0]?.message ?? "", 300);

/** Whether tools can be listed: by probes of now, or by callers of the window where there was no probe. */
function canList({ smoke, logs }: Evidence): boolean {
  const probes = [smoke.modern, smoke.legacy].flatMap((probe) => valueIn(probe) ?? []);
  return probes.length > 0
    ? probes.some(({ status }) => status === "passed")
    : (valueIn(logs.counts)?.now.listsOk ?? 0) > 0;
}

const upstreamAuth: Rule = {
  code: "upstream_auth",
  hop: "upstream",
  run(evidence) {
    const hosts = hostsOf(evidence, REFUSED);
    // A connected server refuses us itself; the words of a hosted one alone may be about its caller.
    const failures = failuresOfKind(evidence, "authorization");
    if (hosts === null && (isHosted(evidence) || failures.length === 0)) return null;
    return {
      confidence: hosts === null || (!isHosted(evidence) && canList(evidence)) ? "likely" : "certain",
      sentence:
        hosts === null
          ? `The upstream server refuses our credentials: ${said0(failures)} (${ofCalls(failures)}).`
          : `${hosts.names} refused ${counted(hosts.count, "request")} with 401 or 403: the credentials that the server sends are not accepted.`,
      fix: [
        isHosted(evidence)
          ? "Set the right API key in the server's environment and restart it."
          : "Set the right upstream headers in the settings of the server.",
      ],
      actions: [...runSmoke(evidence), ...restart(evidence)],
    };
  },
};

const callTimeAuthorization: Rule = {
  code: "call_time_authorization",
  hop: "runtime",
  run(evidence) {
    const failures = failuresOfKind(evidence, "authorization");
    if (failures.length === 0 || !canList(evidence)) return null;
    // Hosted code tells its callers what its upstream told it, which is that cause.
    const isTold = hostsOf(evidence, REFUSED) !== null || valueIn(evidence.logs.upstream) === null;
    if (isHosted(evidence) && isTold) return null;
    return {
      // What a tool says itself may be about its user's rights.
      confidence:
        isHosted(evidence) || failures.every(({ outcome }) => outcome === "tool_error")
          ? "likely"
          : "certain",
      sentence: `Tools can be listed, and the server refuses ${ofCalls(failures)} for want of rights: ${said0(failures)}.`,
      fix: ["Give the credentials that the server gets the rights that calls need, not only lists."],
      actions: runSmoke(evidence),
    };
  },
};

const upstreamDown: Rule = {
  code: "upstream_down",
  hop: "upstream",
  run(evidence) {
    const hosts = hostsOf(evidence, UNREACHED);
    const failures = failuresOfKind(evidence, "unreachable");
    if (hosts === null && failures.length === 0) return null;
    return {
      confidence: hosts !== null || !isHosted(evidence) ? "certain" : "likely",
      sentence:
        hosts === null
          ? `The upstream server cannot be reached: ${said0(failures)} (${ofCalls(failures)}).`
          : `${hosts.names} cannot be reached: ${counted(hosts.count, "request")} got no answer.`,
      fix: ["See whether the upstream is up, and whether its address and certificate are right."],
      actions: runSmoke(evidence),
    };
  },
};

const upstreamErrors: Rule = {
  code: "upstream_errors",
  hop: "upstream",
  run(evidence) {
    const hosts = hostsOf(evidence, BROKEN);
    const failures = failuresOfKind(evidence, "upstream_error");
    if (hosts === null && failures.length === 0) return null;
    return {
      confidence: hosts !== null || !isHosted(evidence) ? "certain" : "likely",
      sentence:
        hosts === null
          ? `The upstream server fails by itself: ${said0(failures)} (${ofCalls(failures)}).`
          : `${hosts.names} answered ${counted(hosts.count, "request")} with an error of its own (5xx).`,
      fix: ["Ask whoever runs the upstream; its answers to these calls are in the log."],
      actions: runSmoke(evidence),
    };
  },
};

const capOf = (evidence: Evidence, names: readonly string[]) =>
  (valueIn(evidence.hosting.caps) ?? []).find(
    ({ cap, exceeded24h }) => names.includes(cap) && exceeded24h > 0,
  );

const sizeCap: Rule = {
  code: "size_cap",
  hop: "gateway",
  run(evidence) {
    const failures = failuresOfKind(evidence, "too_large");
    if (failures.length === 0) return null;
    const cap = capOf(evidence, ["responseBytes", "requestBytes"]);
    return {
      confidence: "certain",
      sentence: `${ofCalls(failures)} failed because ${cap?.cap === "requestBytes" ? "the request" : cap === undefined ? "a message" : "the answer"} is larger than may pass${cap === undefined ? "" : ` (${bytes(cap.max)})`}: ${said0(failures)}.`,
      fix: ["Ask for less at once, e.g. with pages or filters, or move to a plan with a higher cap."],
    };
  },
};

const timeCap: Rule = {
  code: "time_cap",
  hop: "runtime",
  run(evidence) {
    const failures = failuresOfKind(evidence, "too_long");
    if (failures.length === 0) return null;
    const cap = capOf(evidence, ["toolCallDurationMs"]);
    return {
      confidence: "certain",
      sentence: `${ofCalls(failures)} took longer than a call may${cap === undefined ? "" : ` (${milliseconds(cap.max)})`} and ${callsIn(failures) === 1 ? "was" : "were"} ended.`,
      fix: ["Let the tool do less per call or answer earlier, or move to a plan with a higher cap."],
    };
  },
};

/** Words of the server's own code that nothing more special explains. */
const CODE_KINDS: readonly FailureKind[] = ["code"];
const serverCodeError: Rule = {
  code: "server_code_error",
  hop: "runtime",
  run(evidence) {
    const { server } = evidence.subject;
    if (server === null || server.isDeleted || server.status !== "active") return null;
    const failures = failuresOf(evidence).filter(({ kind }) => CODE_KINDS.includes(kind));
    if (failures.length === 0) return null;
    const [newest] = deploymentsOf(evidence);
    return {
      confidence: "likely",
      sentence: `${ofCalls(failures)} failed in the server itself: ${said0(failures)}.`,
      fix: ["Look at the error in the server's logs, and correct the tool."],
      actions: newest === undefined ? [] : rollBack(evidence, newest.detail),
    };
  },
};

export const CALL_RULES: readonly Rule[] = [
  upstreamAuth,
  callTimeAuthorization,
  upstreamDown,
  upstreamErrors,
  sizeCap,
  timeCap,
  serverCodeError,
];
