import { hash } from "node:crypto";
import { limits } from "#lib/kernel/limits.ts";
import type { AgentEntry, KeyEntry } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";

/** A caller that proves nothing, where nothing has to be proved. */
export const ANONYMOUS: Principal = {
  kind: "anonymous",
  id: "anonymous",
  label: "anonymous",
  keyId: null,
  agentId: null,
  source: null,
  claims: null,
};

/** Our own processes: smoke tests, checks and the dashboard. */
export const INTERNAL: Principal = {
  kind: "internal",
  id: "internal",
  label: "internal",
  keyId: null,
  agentId: null,
  source: null,
  claims: null,
};

/** Of a subject, this much is kept in the id as it is. */
const SUBJECT_CHARACTERS_MAX = 200;

const keyPrincipals = new WeakMap<KeyEntry, Principal>();
const keyHashes = new WeakMap<Principal, string>();

/** The same object for the same entry, so that what is known of a principal can be remembered by it. */
export function principalOfKey(key: KeyEntry, keyHash: string): Principal {
  let principal = keyPrincipals.get(key);
  if (!principal) {
    const { agentId } = key;
    const id = labelOfKey(key);
    const source = key.use === "embed" ? "embed" : agentId === null ? null : "agent";
    const kind = agentId === null ? "key" : "agent";
    principal = { kind, id, label: id, keyId: key.id, agentId, source, claims: null };
    keyPrincipals.set(key, principal);
    keyHashes.set(principal, keyHash);
  }
  return principal;
}

const agentPrincipals = new WeakMap<AgentEntry, Principal>();

/** An agent without one of its keys; the same object for the same entry. Its traffic stays what the request says. */
export function principalOfAgent(agentId: string, entry: AgentEntry | undefined): Principal {
  const known = entry && agentPrincipals.get(entry);
  if (known) return known;
  const id = `agent:${agentId}`;
  const principal: Principal = {
    kind: "agent",
    id,
    label: id,
    keyId: null,
    agentId,
    source: null,
    claims: null,
  };
  if (entry) agentPrincipals.set(entry, principal);
  return principal;
}

/** Who holds it: an agent is the same caller with each of its keys. */
export const labelOfKey = ({ id, agentId }: Pick<KeyEntry, "id" | "agentId">): string =>
  agentId === null ? `key:${id}` : `agent:${agentId}`;

/** The hash by which the holder's key is found again; null for others. */
export const keyHashOf = (principal: Principal): string | null => keyHashes.get(principal) ?? null;

/** The holder of a verified token. */
export function principalOfToken(
  issuer: string,
  subject: string,
  claims: Readonly<Record<string, unknown>>,
): Principal {
  const label = `oauth:${subject}`;
  const { principalCharactersMax } = limits.requests;
  return {
    kind: "oauth",
    id: `oauth:${hash("sha256", issuer, "hex").slice(0, 16)}${boundedName(subject)}`,
    label: label.length > principalCharactersMax ? label.slice(0, principalCharactersMax) : label,
    keyId: null,
    agentId: null,
    source: null,
    claims,
  };
}

/** As long as a token may be, times all that is remembered of callers, would be too much. */
const boundedName = (subject: string): string =>
  subject.length <= SUBJECT_CHARACTERS_MAX ? ` ${subject}` : `:${hash("sha256", subject, "hex")}`;
