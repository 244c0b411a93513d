import { accessOf } from "#lib/kernel/grant-rules.ts";
import type { GatewayEntry, ServerDirectory, ServerEntry } from "../../directory/index.ts";
import type { Exchange, Principal } from "../exchange.ts";
import { refusalOfAgent } from "./agents.ts";
import { type Place, placeOf } from "./challenge.ts";
import { keyHashOf } from "./principals.ts";
import { isTokenStillFor } from "./tokens.ts";

/**
 * Whether a caller who was let in would be let in now: at the same URL, the same way in is open, its key or token is still
 * one for it, and some grant still speaks of it. For streams, which may outlive all of that.
 */
export function isStillAllowed(
  { server, gateway, principal }: Pick<Exchange, "server" | "gateway" | "principal">,
  { directory, publicUrl }: { directory: ServerDirectory; publicUrl: string },
  nowMs: number,
): boolean {
  if (principal === null || principal.kind === "internal") return true;
  const current = directory.byId(server.id);
  if (!current) return false;
  if (refusalOfAgent(principal, current, { directory, publicUrl }) !== null) return false;
  if (gateway === null) return isDirectlyAllowed(current, principal, directory, nowMs);
  const currentGateway = directory.gatewayById(gateway.id);
  if (!currentGateway || current.gateway?.id !== gateway.id) return false;
  const { publicId } = current.gateway;
  const place = placeOf(publicUrl, publicId, currentGateway);
  return (
    publicId === server.gateway?.publicId &&
    isWayOpen(currentGateway, principal, { directory, place, nowMs }) &&
    accessOf(currentGateway, principal, server.id).anyGrant !== null
  );
}

function isDirectlyAllowed(
  server: ServerEntry,
  principal: Principal,
  directory: ServerDirectory,
  nowMs: number,
): boolean {
  if (server.gateway !== null || server.directAccess === "off") return false;
  if (server.directAccess === "public" && principal.kind === "anonymous") return true;
  return isKeyValid(principal, directory, nowMs);
}

function isWayOpen(
  { access, oauth }: GatewayEntry,
  principal: Principal,
  { directory, place, nowMs }: { directory: ServerDirectory; place: Place; nowMs: number },
): boolean {
  switch (principal.kind) {
    case "anonymous":
      return access.includes("public");
    case "key":
    case "agent":
      return access.includes("key") && isKeyValid(principal, directory, nowMs);
    case "oauth":
      return (
        access.includes("oauth") &&
        oauth !== null &&
        principal.claims !== null &&
        isTokenStillFor(principal.claims, { oauth, place }, nowMs)
      );
    case "internal":
      return true;
  }
}

function isKeyValid(principal: Principal, directory: ServerDirectory, nowMs: number): boolean {
  // A check of ours that calls as an agent.
  if (principal.keyId === null && principal.kind === "agent") return true;
  const keyHash = keyHashOf(principal);
  const key = keyHash === null ? undefined : directory.keyByHash(keyHash);
  return key?.revokedAtMs === null && (key.expiresAtMs === null || key.expiresAtMs > nowMs);
}
