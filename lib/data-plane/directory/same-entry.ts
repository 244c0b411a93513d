import type { ServerEntry } from "./entry.ts";

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
    left.directAccess === right.directAccess &&
    left.retentionDays === right.retentionDays &&
    left.upstreamUrl === right.upstreamUrl &&
    left.gateway?.id === right.gateway?.id &&
    left.gateway?.publicId === right.gateway?.publicId &&
    left.version?.id === right.version?.id &&
    left.version?.sha256 === right.version?.sha256 &&
    left.version?.semver === right.version?.semver &&
    left.caps.toolCallDurationMsMax === right.caps.toolCallDurationMsMax &&
    left.caps.requestBytesMax === right.caps.requestBytesMax &&
    left.caps.responseBytesMax === right.caps.responseBytesMax
  );
}
