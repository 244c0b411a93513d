import type { IncomingMessage } from "node:http";
import type { AccessMethod } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { GatewayEntry, ServerDirectory, ServerEntry } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";
import { challengeOf, type Place } from "./challenge.ts";
import { type Credentials, readCredentials, shownPartOf } from "./credentials.ts";
import { type Denial, denial } from "./denial.ts";
import { authenticateKey, isAgentKey, type KeyOwner } from "./keys.ts";
import { ANONYMOUS, principalOfAgent } from "./principals.ts";
import type { Tokens } from "./tokens.ts";

/** A way in: which proofs it takes, and whose. */
export interface Door {
  readonly access: readonly AccessMethod[];
  readonly oauth: GatewayEntry["oauth"];
  readonly owner: KeyOwner;
  readonly place: Place;
}

/** The door of a server's direct URL, for which its own keys are made. */
export const directDoor = (server: ServerEntry, publicUrl: string): Door => ({
  access: server.directAccess === "key" ? ["key"] : ["public"],
  oauth: null,
  owner: {
    organizationId: server.organizationId,
    gatewayId: null,
    serverId: server.id,
    label: `the direct URL of ${server.slug}`,
  },
  place: { url: `${publicUrl}/mcp/${server.slug}`, metadataUrl: null, scopes: [] },
});

/** The door of a gateway, before one of its servers. */
export const gatewayDoor = (gateway: GatewayEntry, server: ServerEntry, place: Place): Door => ({
  access: gateway.access,
  oauth: gateway.oauth,
  owner: {
    organizationId: gateway.organizationId,
    gatewayId: gateway.id,
    serverId: server.id,
    label: `the gateway ${gateway.name}`,
  },
  place,
});

/**
 * Finds out who calls. At a public door nobody has to say, but who presents a proof that the door takes is held to it.
 * Answers at once unless a token has to be verified for the first time.
 */
export function authenticate(
  req: Pick<IncomingMessage, "headers" | "rawHeaders">,
  door: Door,
  {
    directory,
    tokens,
    clock,
  }: { directory: Pick<ServerDirectory, "keyByHash">; tokens: Tokens; clock: Clock },
): Principal | Denial | Promise<Principal | Denial> {
  const { access, oauth, place } = door;
  const isPublic = access.includes("public");
  const takesKeys = access.includes("key");
  const takesTokens = oauth !== null && access.includes("oauth");
  if (isPublic && !takesKeys && !takesTokens) {
    return door.owner.gatewayId === null ? agentOrAnonymous(req, door, directory, clock) : ANONYMOUS;
  }
  const credentials = readCredentials(req, { takesKeys, takesTokens });
  switch (credentials.kind) {
    case "none":
      return isPublic ? ANONYMOUS : missing(credentials, door);
    case "key":
      if (takesKeys) return authenticateKey(directory, credentials, door.owner, place, clock.nowMs());
      return isPublic ? ANONYMOUS : methodOff(credentials, door);
    case "token":
      if (takesTokens) return tokens.authenticate(credentials.token, { oauth, place });
      return isPublic ? ANONYMOUS : methodOff(credentials, door);
    case "ambiguous":
      return ambiguous(door);
    case "too_long":
      return tooLong(credentials.characters, door);
  }
}

/**
 * A check of ours that calls as an agent, without a key of it: gets in where a key would. Whether the agent may go on is asked
 * of what it calls.
 */
export function authenticateAgent(
  agentId: string,
  door: Door,
  directory: Pick<ServerDirectory, "agentById">,
): Principal | Denial {
  const takesAgents = door.owner.gatewayId === null || door.access.includes("key");
  return takesAgents
    ? principalOfAgent(agentId, directory.agentById(agentId))
    : methodOff({ kind: "key", secret: "", header: "Authorization" }, door);
}

/** Nobody has to say who calls a public direct URL; but an agent that does is that agent, with its budget. */
function agentOrAnonymous(
  req: Pick<IncomingMessage, "headers" | "rawHeaders">,
  { owner, place }: Door,
  directory: Pick<ServerDirectory, "keyByHash">,
  clock: Clock,
): Principal | Denial {
  const { authorization, "x-api-key": apiKey } = req.headers;
  if (authorization === undefined && apiKey === undefined) return ANONYMOUS;
  const presented = readCredentials(req, { takesKeys: false, takesTokens: false });
  if (presented.kind !== "key" || !isAgentKey(directory, presented.secret, owner.organizationId))
    return ANONYMOUS;
  return authenticateKey(directory, presented, owner, place, clock.nowMs());
}

const EXPECTED: Readonly<Record<AccessMethod, string>> = {
  public: "nothing",
  key: "Authorization: Bearer <key>, or X-API-Key: <key>",
  oauth: "Authorization: Bearer <access token>",
};
const expectedOf = ({ access, oauth, place }: Door): Record<string, unknown> => ({
  methods: access,
  headers: access.map((method) => EXPECTED[method]),
  ...(oauth ? { iss: oauth.issuer, metadata: place.metadataUrl } : {}),
});
const waysIn = ({ access, oauth }: Door): string => {
  const ways = [
    ...(access.includes("key") ? ["a key as Authorization: Bearer or X-API-Key"] : []),
    ...(oauth && access.includes("oauth") ? [`an access token of ${oauth.issuer}`] : []),
  ];
  return ways.length > 0 ? ways.join(", or ") : "nothing: no way in is set up";
};

function missing({ otherScheme }: Extract<Credentials, { kind: "none" }>, door: Door): Denial {
  return denial("credentials_missing", {
    code: "unauthenticated",
    message: `This server asks who is calling. Send ${waysIn(door)}.`,
    presented: { method: null, ...(otherScheme === null ? {} : { scheme: otherScheme }) },
    expected: expectedOf(door),
    fix:
      otherScheme === null
        ? "Add the credentials to the client."
        : "Write the header as Authorization: Bearer, one space, and the credential.",
    challenge: challengeOf(door.place),
  });
}

function methodOff(credentials: Extract<Credentials, { kind: "key" | "token" }>, door: Door): Denial {
  const isKey = credentials.kind === "key";
  const what = isKey ? "Keys" : "Access tokens";
  const message = `${what} are not accepted here. Send ${waysIn(door)}.`;
  return denial("access_method_off", {
    code: "unauthenticated",
    message,
    presented: isKey
      ? { method: "key", prefix: shownPartOf(credentials.secret) }
      : { method: "oauth", form: "a Bearer token" },
    expected: expectedOf(door),
    fix: `Use another way in, or turn on ${isKey ? "keys" : "OAuth"} for ${door.owner.label}.`,
    challenge: challengeOf(door.place, { code: "invalid_token", description: message }),
  });
}

function ambiguous(door: Door): Denial {
  const message = "The request carries more than one credential. Send one.";
  return denial("credentials_ambiguous", {
    code: "unauthenticated",
    message,
    presented: { method: "several" },
    expected: expectedOf(door),
    fix: "Send either Authorization or X-API-Key, once.",
    challenge: challengeOf(door.place, { code: "invalid_request", description: message }),
  });
}

function tooLong(characters: number, door: Door): Denial {
  const message = "The credential is longer than any that is accepted here.";
  return denial("token_malformed", {
    code: "unauthenticated",
    message,
    presented: { characters },
    expected: expectedOf(door),
    fix: "Let the authorization server put less into its tokens.",
    challenge: challengeOf(door.place, { code: "invalid_token", description: message }),
  });
}
