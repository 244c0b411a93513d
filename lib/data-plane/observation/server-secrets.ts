import { isSecretName } from "#lib/domain/redaction/index.ts";
import type { ServerEntry } from "../directory/index.ts";

/** Also the path of an API, as far as it says no more than which one: anything else in a path may be a secret. */
const ORIGIN =
  /^[a-z][a-z\d+.-]{0,15}:\/\/(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/(?:api|rest|graphql|mcp|sse|v\d{1,3}(?:\.\d{1,3})?))*\/?$/i;
/** With a capital letter it would rather be a token of several parts. */
const HOST =
  /^(?:(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/;
const SCHEME = /^(?:bearer|basic|digest|token|apikey)\s+(\S.*)$/is;

/**
 * What a server was given that nobody may read in its logs: the values of its variables and of the headers it is called
 * with, and the secrets within them. Where something lives (`http://tickets.internal`) is none, unless its name promises
 * one.
 */
export function secretsOf({
  environment,
  upstreamHeaders,
}: Pick<ServerEntry, "environment" | "upstreamHeaders">): string[] {
  return [...Object.entries(environment), ...Object.entries(upstreamHeaders)]
    .filter(([name, value]) => isSecretName(name) || !isAddress(value.trim()))
    .flatMap(([, value]) => [value, ...secretsWithin(value)]);
}

const isAddress = (value: string): boolean => ORIGIN.test(value) || HOST.test(value);

/** A server may use only this part of a value, and log that. */
function secretsWithin(value: string): string[] {
  const credentials = SCHEME.exec(value)?.[1];
  if (credentials !== undefined) return [credentials];
  if (!value.includes("://") || !URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === "" ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing stands for itself.
    return text;
  }
}
