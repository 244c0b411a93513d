import type { DecisionEvidence, Evidence, VerdictCode } from "#lib/contract/index.ts";
import { callerName } from "../facts/caller-names.ts";
import { isUnread, valueIn } from "../facts/collected.ts";
import { denialWords } from "../facts/denial-words.ts";
import { denialsOf, isLastingly } from "../facts/denials.ts";
import { isClosed } from "../facts/doors.ts";
import { firstOf, isOfAsked, over, overSince, replacedKey, sumOf, turnedAwayUntil } from "../facts/over.ts";
import { clock, counted, listed, quoted, said } from "../facts/words.ts";
import { rotateKey } from "./actions.ts";
import type { Cause, Rule } from "./rule.ts";

/** What a denied caller brought against what would have let it in, where the two differ in something that is told. */
function mismatch({ examples }: DecisionEvidence, names: readonly string[]): string {
  const explanation = examples[0]?.explanation;
  if (!explanation) return "";
  const told = names.flatMap((name) => {
    const [brought, wanted] = [explanation.presented[name], explanation.expected[name]];
    const shown = [brought, wanted].map((value) => (typeof value === "string" ? said(value, 120) : null));
    if (shown[0] === null && shown[1] === null) return [];
    return [`${name} ${shown[0] ?? "none"}${shown[1] === null ? "" : `, wanted ${shown[1]}`}`];
  });
  return told.length === 0 ? "" : ` (${told.join("; ")})`;
}

/** All of them are known, and the agent that is asked about is none. */
const isOfOthers = (evidence: Evidence, found: readonly DecisionEvidence[]): boolean =>
  found.every((one) => !isOfAsked(evidence, one) && sumOf(one.callers) >= one.count);

const BY_KEY: ReadonlySet<VerdictCode> = new Set(["key_revoked", "key_expired", "key_unknown"]);

function denied(
  code: VerdictCode,
  names: readonly string[],
  fix: string,
  more?: (evidence: Evidence, found: readonly DecisionEvidence[]) => Partial<Cause> & { told?: string },
): Rule {
  return {
    code,
    hop: code === "issuer_unreachable" || code === "rate_limited" ? "gateway" : "client",
    run(evidence, { symptom }) {
      const found = denialsOf(evidence, code, symptom);
      const [worst] = found;
      if (worst === undefined) return null;
      const total = found.reduce((sum, { count }) => sum + count, 0);
      const since = overSince(evidence, found);
      const replaced = since === null && BY_KEY.has(code) ? replacedKey(evidence, found) : null;
      const { told = "", actions = [] } = more?.(evidence, found) ?? {};
      const who = [
        ...new Set(
          worst.examples.flatMap(({ principal }) =>
            principal === null ? [] : callerName(evidence, principal),
          ),
        ),
      ];
      const because = `because ${denialWords(worst.reason)}${mismatch(worst, names)}`;
      if (since !== null || replaced !== null)
        return {
          ...over(evidence),
          sentence: `${turnedAwayUntil(evidence, found)} ${because}.${told} ${since === null ? `Since ${clock(replaced?.at ?? "", evidence.at)} ${quoted(replaced?.name ?? "", 80)} is used instead` : `All who were come in again since ${clock(since, evidence.at)}`}.`,
        };
      return {
        confidence:
          (code === "token_expired" && !isLastingly(found)) ||
          denialsOf(evidence, code).length === 0 ||
          (symptom === "agent_fails" && isOfOthers(evidence, found)) ||
          (BY_KEY.has(code) && isUnread(evidence.gateway.keys, evidence.gateway.reach)) ||
          (code === "direct_access_off" && isUnread(evidence.hosting.urls))
            ? "likely"
            : "certain",
        sentence: `${counted(total, "request")}${who.length === 0 ? "" : ` of ${listed(who, 2)}`} ${total === 1 ? "was" : "were"} turned away since ${clock(firstOf(found), evidence.at)} ${because}.${told}`,
        fix: [
          ...new Set([
            ...(worst.examples[0]?.explanation ? [said(worst.examples[0].explanation.fix, 300)] : []),
            fix,
          ]),
        ],
        actions,
      };
    },
  };
}

/** More than these are many, whose names help nobody. */
const KEYS_TOLD_MAX = 2;

/**
 * When the keys were revoked or expired, the latest first, of those that were brought as far as that is known. Who was turned
 * away before any of them brought another one: that is said.
 */
const keysThat =
  (event: "revoked" | "expired", happened: string) =>
  (evidence: Evidence, found: readonly DecisionEvidence[]) => {
    const callers = new Set(found.flatMap((one) => one.callers.map(({ caller }) => caller)));
    const own = (valueIn(evidence.gateway.keys) ?? []).filter(
      (key) =>
        key.event === event &&
        (callers.size === 0 || callers.has(`key:${key.id}`) || callers.has(`agent:${key.ownerId}`)),
    );
    const [latest] = own;
    if (latest === undefined) return {};
    const told = own
      .slice(0, KEYS_TOLD_MAX)
      .map(({ name, at }) => `${quoted(name, 80)} ${happened} at ${clock(at, evidence.at)}`);
    const hasMore = own.length > told.length || own.every(({ at }) => at > firstOf(found));
    return {
      told: ` ${[...told, ...(hasMore ? ["others before"] : [])].join(", ")}.`,
      actions: event === "expired" ? rotateKey(latest) : [],
    };
  };

const deniedAtDirectUrl = denied(
  "direct_access_off",
  [],
  "Let clients use the URL of the gateway, or switch direct access on in the settings.",
);
const directAccessOff: Rule = {
  ...deniedAtDirectUrl,
  run(evidence, asked) {
    const { server } = evidence.subject;
    const isOpen = server?.directAccess !== "off" && valueIn(evidence.hosting.urls)?.gatewayUrl === null;
    const atUrl = denialsOf(evidence, "direct_access_off");
    if (isOpen && server !== null && atUrl.length > 0)
      return {
        ...over(evidence),
        sentence: `${turnedAwayUntil(evidence, atUrl)} because the direct URL of ${said(server.name, 80)} was switched off. It is open now.`,
      };
    if (!isClosed(evidence)) return deniedAtDirectUrl.run(evidence, asked);
    return {
      confidence: "certain",
      sentence: `Nobody can reach ${said(evidence.subject.server?.name ?? "the server", 80)}: direct access is switched off, and no gateway fronts it.`,
      fix: ["Switch direct access on in its settings, or attach it to a gateway."],
    };
  },
};

/** Reasons of the gateway that keep callers out, each by its own name. */
export const ACCESS_RULES: readonly Rule[] = [
  denied("key_revoked", [], "Make a new key and give it to the caller.", keysThat("revoked", "was revoked")),
  denied("key_expired", [], "Make a new key, or one without an end.", keysThat("expired", "expired")),
  denied("key_unknown", [], "Compare the beginning of the caller's key with the keys of this gateway."),
  denied(
    "credentials_missing",
    ["method"],
    "Let the client send the key or token that this gateway asks for.",
  ),
  denied("token_expired", ["exp"], "Let the client refresh its token."),
  denied("clock_skew", ["nbf"], "Set the clock of the authorization server, or of this node."),
  denied("token_audience", ["aud"], "Let the client ask for a token for this resource."),
  denied("token_issuer", ["iss"], "Compare the issuer of the gateway with the one of the tokens."),
  denied(
    "token_scope",
    ["scope", "missing"],
    "Let the client ask for the missing scopes, and the authorization server grant them.",
  ),
  denied(
    "token_invalid",
    ["form", "alg", "kid"],
    "Get a new token from the authorization server and pass it on unchanged.",
  ),
  denied(
    "issuer_unreachable",
    ["problem"],
    "See whether the authorization server and its key set can be read from here.",
  ),
  directAccessOff,
  denied(
    "rate_limited",
    ["callsPerMinuteMax", "limit"],
    "Let the caller slow down, or raise the limit in the settings of the gateway.",
  ),
];
