import { isDeepStrictEqual } from "node:util";
import type { AgentEntry, GatewayEntry, KeyEntry, ServerEntry } from "./entry.ts";

/**
 * True when nothing that the data plane acts on differs. `revision` stands for code and environment, so that a
 * comparison of thousands of servers reads no secrets.
 */
export function isSameEntry(left: ServerEntry, right: ServerEntry): boolean {
  return (
    left.revision === right.revision &&
    left.status === right.status &&
    left.slug === right.slug &&
    left.name === right.name &&
    left.kind === right.kind &&
    left.organizationId === right.organizationId &&
    left.organizationSlug === right.organizationSlug &&
    left.directAccess === right.directAccess &&
    left.retentionDays === right.retentionDays &&
    left.recordBodies === right.recordBodies &&
    left.upstreamUrl === right.upstreamUrl &&
    left.gateway?.id === right.gateway?.id &&
    left.gateway?.publicId === right.gateway?.publicId &&
    left.version?.id === right.version?.id &&
    left.version?.sha256 === right.version?.sha256 &&
    left.version?.semver === right.version?.semver &&
    left.caps.toolCallDurationMsMax === right.caps.toolCallDurationMsMax &&
    left.caps.requestBytesMax === right.caps.requestBytesMax &&
    left.caps.responseBytesMax === right.caps.responseBytesMax &&
    left.caps.viewersMax === right.caps.viewersMax &&
    // Versions of a plan never change.
    left.plan.priceVersion === right.plan.priceVersion
  );
}

/** The same, for a gateway with its grants. */
export const isSameGateway = (left: GatewayEntry, right: GatewayEntry): boolean =>
  isDeepStrictEqual(left, right);

/** The same, for an agent with its servers and budget. */
export const isSameAgent = (left: AgentEntry, right: AgentEntry): boolean => isDeepStrictEqual(left, right);

/** The same, for a key. */
export const isSameKey = (left: KeyEntry, right: KeyEntry): boolean =>
  left.id === right.id &&
  left.organizationId === right.organizationId &&
  left.name === right.name &&
  left.gatewayId === right.gatewayId &&
  left.serverId === right.serverId &&
  left.agentId === right.agentId &&
  left.use === right.use &&
  left.expiresAtMs === right.expiresAtMs &&
  left.revokedAtMs === right.revokedAtMs;

/** `read`, with the object that was there before in place of each that is the same: what is known by it stays known. */
export function keepSame<T>(
  before: ReadonlyMap<string, T>,
  read: Iterable<readonly [string, T]>,
  isSame: (left: T, right: T) => boolean,
): Map<string, T> {
  const kept = new Map<string, T>();
  for (const [name, entry] of read) {
    const old = before.get(name);
    kept.set(name, old !== undefined && isSame(old, entry) ? old : entry);
  }
  return kept;
}
