import { createHmac } from "node:crypto";
import { limits } from "#lib/kernel/limits.ts";
import { type Mark, SECRET_PATTERNS } from "./secret-patterns.ts";

/** Takes the secrets out of a text. Never throws; the result shows where something was taken out, and of what kind. */
export type Redactor = (text: string) => string;

/**
 * How a taken-out secret is shown: `[redacted:type#hash4]`. Equal secrets look equal, so they can be followed through
 * the lines; the four digits are keyed, so they do not help to guess one.
 */
export function createMark(key: string): Mark {
  return (type, secret) =>
    `[redacted:${type}#${createHmac("sha256", key).update(secret).digest("hex").slice(0, 4)}]`;
}

/** JSON within JSON within JSON: a tool's answer that is JSON is a text in the message that carries it. */
const JSON_DEPTH = 3;

/** The ways in which a known value shows up in a line: as it is, inside JSON, inside a URL, inside a form. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ "": secret }).toString().slice(1),
  ];
  for (let depth = 1, form = secret; depth <= JSON_DEPTH; depth++) {
    form = JSON.stringify(form).slice(1, -1);
    forms.push(form);
  }
  return [...new Set(forms)];
}

/**
 * A redactor for one server: `knownSecrets` are its own values, found exactly; other secrets are found by their looks
 * and by the names before them. Values shorter than `limits.logStream.secretCharactersMin` are left alone: they would
 * take ordinary words apart.
 */
export function createRedactor(knownSecrets: Iterable<string>, mark: Mark): Redactor {
  const known = [...new Set(knownSecrets)]
    .filter((secret) => secret.trim().length >= limits.logStream.secretCharactersMin)
    .slice(0, limits.logStream.secretsPerServerMax)
    .flatMap((secret) => formsOf(secret).map((form) => ({ form, secret })))
    .sort((one, other) => other.form.length - one.form.length);

  return (text) => {
    let result = text;
    for (const { form, secret } of known) {
      if (result.includes(form)) result = result.replaceAll(form, () => mark("variable", secret));
    }
    for (const pattern of SECRET_PATTERNS) {
      if (pattern.hint.test(result)) result = pattern.replace(result, mark);
    }
    return result;
  };
}

/**
 * `text`, the beginning of something longer, without an end that is the beginning of a known secret of more than
 * `charactersMin` characters: what was cut in half would not be found.
 */
export function withoutHalfSecret(
  text: string,
  knownSecrets: Iterable<string>,
  charactersMin: number,
): string {
  let end = text.length;
  for (const secret of knownSecrets) {
    if (secret.length <= charactersMin) continue;
    const head = secret.slice(0, charactersMin);
    let at = text.indexOf(head, Math.max(0, text.length - secret.length + 1));
    while (at !== -1 && !secret.startsWith(text.slice(at))) at = text.indexOf(head, at + 1);
    if (at !== -1) end = Math.min(end, at);
  }
  return text.slice(0, end);
}
