import type { Source } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry } from "../directory/index.ts";
import {
  authenticate,
  authenticateAgent,
  type Door,
  directDoor,
  gatewayDoor,
  INTERNAL,
  isDenial,
  placeOf,
} from "./access/index.ts";
import { refusalOfDirectUrl, refusalOfServer } from "./authorize.ts";
import type { GatewayContext, Peer } from "./context.ts";
import type { Exchange, Principal } from "./exchange.ts";
import type { McpAddress } from "./identify.ts";
import { receive } from "./receive.ts";
import { deny, refuse } from "./refusals.ts";
import { openSession } from "./sealed-sessions.ts";
import { whenKnown } from "./when-known.ts";

/** The address of a server: what is left when nothing else was asked for. */
export type ServerAddress = Extract<McpAddress, { kind: "direct" | "gateway" }>;

/** Lets a request in: finds out who calls and whether the server takes calls now. Waits only for what is not known yet. */
export function enter(context: GatewayContext, peer: Peer, exchange: Exchange, address: ServerAddress): void {
  const { server, gateway, asAgentId } = exchange;
  const { publicUrl } = context.access;
  const met = metAs(exchange);
  const closed = gateway === null ? refusalOfDirectUrl(server, met, publicUrl) : null;
  if (closed) {
    deny(context, peer, exchange, closed);
    return;
  }
  if (met !== "external") {
    enterAs(context, peer, exchange, { address, principal: INTERNAL });
    return;
  }
  const door = doorOf(exchange, address, publicUrl);
  const known =
    asAgentId === null
      ? authenticate(peer.req, door, context.access)
      : authenticateAgent(asAgentId, door, context.access.directory);
  whenKnown(context, peer, exchange, known, (found) => {
    if (isDenial(found)) deny(context, peer, exchange, found);
    else enterAs(context, peer, exchange, { address, principal: found });
  });
}

/** Our own traffic passes where callers may not, unless it wants to know what a caller meets. */
const metAs = ({ source, asAgentId }: Exchange): Source => (asAgentId === null ? source : "external");

const doors = new WeakMap<ServerEntry, { of: object; door: Door }>();

/** Made once for each server, as long as the server and its gateway stay as they are. */
function doorOf({ server, gateway }: Exchange, address: ServerAddress, publicUrl: string): Door {
  const of = gateway ?? server;
  const known = doors.get(server);
  if (known?.of === of) return known.door;
  const door =
    gateway && address.kind === "gateway"
      ? gatewayDoor(gateway, server, placeOf(publicUrl, address.publicId, gateway))
      : directDoor(server, publicUrl);
  doors.set(server, { of, door });
  return door;
}

/** Goes on with a known caller. */
function enterAs(
  context: GatewayContext,
  peer: Peer,
  exchange: Exchange,
  { address, principal }: { address: ServerAddress; principal: Principal },
): void {
  const { server, source, gateway } = exchange;
  exchange.principal = principal;
  const refusal = refusalOfServer(server, metAs(exchange));
  exchange.source = principal.source ?? source;
  const isDecided = gateway !== null || server.directAccess === "key" || principal.kind === "agent";
  if (isDecided) {
    exchange.decision = { reason: "allowed", principal: principal.label, grantId: null, explanation: null };
  }
  if (principal.keyId !== null) context.access.keyUses?.used(principal.keyId, exchange.arrivedMs);
  if (refusal) {
    if (isDecided) deny(context, peer, exchange, refusal);
    else refuse(context, peer, exchange, { error: refusal.error });
    return;
  }
  const semver = address.kind === "direct" ? address.semver : null;
  if (semver === null) {
    goOn(context, peer, exchange);
    return;
  }
  const version = context.access.directory.publishedVersion(server, { semver });
  whenKnown(context, peer, exchange, version, (found) => {
    if (!found) {
      refuse(context, peer, exchange, { error: unknownVersion(server, semver) });
      return;
    }
    exchange.version = found;
    goOn(context, peer, exchange);
  });
}

/** The caller and the version are known: what it sends is its own session, or none. */
function goOn(context: GatewayContext, peer: Peer, exchange: Exchange): void {
  const error = openSession(context, exchange);
  if (error) refuse(context, peer, exchange, { error });
  else receive(context, peer, exchange);
}

const unknownVersion = ({ slug }: ServerEntry, semver: string): DomainError =>
  new DomainError(
    "not_found",
    `The server ${slug} has no published version ${semver}. Its owner sees the versions on its Hosting page.`,
  );
