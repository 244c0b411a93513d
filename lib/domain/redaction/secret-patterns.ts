import { isCardNumber } from "./card-number.ts";
import { replaceNamed } from "./named-secrets.ts";

/** Turns a found secret into what may be seen: `[redacted:type#hash4]`. */
export type Mark = (type: string, secret: string) => string;

/** One kind of secret that is recognised by its looks. */
export interface SecretPattern {
  /** A cheap test that is true for every text with such a secret. */
  readonly hint: RegExp;
  readonly replace: (text: string, mark: Mark) => string;
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g;
const URL_CREDENTIALS = /(:\/\/[^\s:@/?#"'<>]{0,256}:)([^\s@/?#"'<>]{1,1024})@/g;
/** Words joined by dots. Each character is looked at once; whether one of the words begins a JWT is asked afterwards. */
const DOTTED_WORDS = /(?<![\w-])[\w-]+(?:\.[\w-]*)+/g;
const JWT_HEADER_CHARACTERS_MIN = 11;
/** An encrypted token has five parts, a signed one three. */
const JWT_PARTS_MAX = 5;
const BEARER =
  /(?<!=)\b(bearer|basic)(\s{1,3})((?=[a-z._~+/=-]{0,200}\d)[a-z0-9._~+/=-]{8,}|[a-z0-9._~+/=-]{20,})/gi;
const SERVICE_TOKENS =
  /\b(?:A[KS]IA[A-Z0-9]{16}\b|AIza[\w-]{35}|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255}|glpat-[\w-]{20,255}|(?:sk|xapp|pypi)-[\w-]{20,512}|(?:sk|rk|whsec|mcpstack_sk|shp(?:at|ss|ca|pa)|hf|npm|dop_v1|lin_api|ntn|sbp|sntrys|glsa|dckr_pat|pscale_tkn|rubygems)_[\w-]{16,512}|xox[abeoprs]-[\w-]{10,255}|SG\.[\w-]{16,}\.[\w-]{16,}|ya29\.[\w.-]{20,2048}|hvs\.[\w-]{20,512}|(?:NRAK|PMAK)-[\w-]{20,128}|dapi[0-9a-f]{32}\b|ATATT3[\w=-]{20,512}|\d{8,10}:AA[\w-]{30,40})/g;
const SERVICE_TOKEN_HINT =
  /A[KS]IA|AIza|gh[pousr]_|github_pat_|glpat-|sk[-_]|xapp-|pypi-|rk_|whsec_|shp|hf_|npm_|dop_v1_|lin_|ntn_|sbp_|sntrys_|glsa_|dckr_|pscale_|rubygems_|xox|SG\.|ya29\.|hvs\.|[NP][RM]AK-|dapi|ATATT|:AA/;
const SLACK_HOOK = /(hooks\.slack\.com\/services\/)([A-Za-z0-9/]{20,100})/g;
/** As a header stands in text, to the end of its line; a quoted one is found by its name. */
const COOKIE_HEADER = /\b((?:set-)?cookie\s{0,3}[:=](?!>)\s{0,3})([^\s\r\n"'`[{\\][^\r\n"'\\]{0,8192})/gi;
const CARD = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])/g;

/** Where a JWT begins in a word that may be its header; -1 when none does. */
function jwtStart(word: string): number {
  const start = word.startsWith("eyJ") ? 0 : word.indexOf("-eyJ") + 1;
  const isHeader = word.startsWith("eyJ", start) && word.length - start >= JWT_HEADER_CHARACTERS_MIN;
  return isHeader ? start : -1;
}

function replaceJwts(words: string, mark: Mark): string {
  const parts = words.split(".");
  const kept: string[] = [];
  for (let index = 0; index < parts.length; ) {
    const part = parts[index] ?? "";
    const start = index < parts.length - 1 ? jwtStart(part) : -1;
    const end = start === -1 ? index + 1 : index + JWT_PARTS_MAX;
    const token = parts.slice(index, end).join(".").slice(Math.max(0, start));
    kept.push(start === -1 ? part : part.slice(0, start) + mark("jwt", token));
    index = end;
  }
  return kept.join(".");
}

/** In the order in which they are applied: what one leaves behind, the next does not take for a secret. */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    hint: /-----BEGIN /,
    replace: (text, mark) => text.replace(PRIVATE_KEY, (key) => mark("private-key", key)),
  },
  {
    hint: /:\/\/[^\s/@]{0,1300}@/,
    replace: (text, mark) =>
      text.replace(
        URL_CREDENTIALS,
        (_, before: string, password: string) => `${before}${mark("url-password", password)}@`,
      ),
  },
  { hint: /\beyJ/, replace: (text, mark) => text.replace(DOTTED_WORDS, (words) => replaceJwts(words, mark)) },
  {
    hint: SERVICE_TOKEN_HINT,
    replace: (text, mark) => text.replace(SERVICE_TOKENS, (token) => mark("api-key", token)),
  },
  {
    hint: /hooks\.slack\.com/,
    replace: (text, mark) =>
      text.replace(SLACK_HOOK, (_, before: string, path: string) => before + mark("webhook", path)),
  },
  {
    hint: /bearer|basic/i,
    replace: (text, mark) =>
      text.replace(
        BEARER,
        (_, scheme: string, space: string, token: string) => `${scheme}${space}${mark("bearer", token)}`,
      ),
  },
  {
    hint: /cookie/i,
    replace: (text, mark) =>
      text.replace(COOKIE_HEADER, (whole, name: string, value: string) =>
        value.startsWith("[redacted") ? whole : name + mark("cookie", value),
      ),
  },
  {
    hint: /pass|pwd|secret|credential|connection|token|authorization|key|cookie|jwt|otp|cv[vc]/i,
    replace: replaceNamed,
  },
  {
    hint: /\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d/,
    replace: (text, mark) =>
      text.replace(CARD, (found) =>
        isCardNumber(found.replaceAll(/[ -]/g, "")) ? mark("card", found) : found,
      ),
  },
];
