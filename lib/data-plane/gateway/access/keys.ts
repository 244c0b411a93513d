import { hash } from "node:crypto";
import type { KeyEntry, ServerDirectory } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";
import { challengeOf, type Place } from "./challenge.ts";
import { shownPartOf } from "./credentials.ts";
import { type Denial, denial } from "./denial.ts";
import { labelOfKey, principalOfKey } from "./principals.ts";

/** What a key must belong to, to open this door. */
export interface KeyOwner {
  readonly organizationId: string;
  /** The gateway before the server; null on a direct URL. */
  readonly gatewayId: string | null;
  readonly serverId: string;
  /** In words, e.g. `the gateway Partners`. */
  readonly label: string;
}

/**
 * Finds the key behind a secret and says whether it opens the door now. A key of an agent opens every door: whether the
 * agent may go on is asked of what it calls. Asks nothing but memory.
 */
export function authenticateKey(
  directory: Pick<ServerDirectory, "keyByHash">,
  presented: { secret: string; header: string },
  owner: KeyOwner,
  place: Place,
  nowMs: number,
): Principal | Denial {
  const keyHash = hash("sha256", presented.secret, "hex");
  const key = directory.keyByHash(keyHash);
  // A stranger's key looks like no key at all: nothing about other organizations is told.
  if (key?.organizationId !== owner.organizationId)
    return refused("key_unknown", undefined, presented, owner, place);
  const isOfOwner =
    owner.gatewayId === null ? key.serverId === owner.serverId : key.gatewayId === owner.gatewayId;
  if (!isOfOwner && key.agentId === null)
    return refused("key_of_other_gateway", key, presented, owner, place);
  // Whatever the clocks of two machines say: who revokes a key means now.
  if (key.revokedAtMs !== null) return refused("key_revoked", key, presented, owner, place);
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs)
    return refused("key_expired", key, presented, owner, place);
  return principalOfKey(key, keyHash);
}

/** Whether a secret is a key of an agent of the organization, in force or not. */
export function isAgentKey(
  directory: Pick<ServerDirectory, "keyByHash">,
  secret: string,
  organizationId: string,
): boolean {
  const key = directory.keyByHash(hash("sha256", secret, "hex"));
  return key !== undefined && key.agentId !== null && key.organizationId === organizationId;
}

const PROBLEMS = {
  key_unknown: {
    message: "This key is not known here. Check that it was copied completely, or ask for a new one.",
    fix: "Compare the prefix with the keys listed for this gateway. A key is shown only once, so create a new one when in doubt.",
  },
  key_of_other_gateway: {
    message: "This key belongs to another gateway or server. Use a key of the one that was called.",
    fix: "Create a key here, or call the URL that this key was made for.",
  },
  key_revoked: {
    message: "This key was revoked. Ask for a new one.",
    fix: "Create a new key and give it to whoever used this one.",
  },
  key_expired: {
    message: "This key has expired. Ask for a new one.",
    fix: "Create a new key with a later expiry.",
  },
} as const;

function refused(
  reason: keyof typeof PROBLEMS,
  key: KeyEntry | undefined,
  { secret, header }: { secret: string; header: string },
  owner: KeyOwner,
  place: Place,
): Denial {
  const { message, fix } = PROBLEMS[reason];
  const prefix = shownPartOf(secret);
  return denial(reason, {
    code: "unauthenticated",
    message,
    presented: {
      method: "key",
      header,
      // What does not begin like a key of ours may be somebody's password for something else.
      ...(prefix === null ? { form: `${secret.length} characters that are not a key of ours` } : { prefix }),
      ...(key?.name === undefined ? {} : { name: key.name }),
      ...(reason === "key_expired" ? { expiredAt: isoOf(key?.expiresAtMs) } : {}),
      ...(reason === "key_revoked" ? { revokedAt: isoOf(key?.revokedAtMs) } : {}),
    },
    expected: { method: "key", of: owner.label },
    fix,
    principal: key ? labelOfKey(key) : null,
    challenge: challengeOf(place, { code: "invalid_token", description: message }),
  });
}

const isoOf = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString();
