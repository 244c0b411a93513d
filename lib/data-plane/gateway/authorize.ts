import type { Source } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { ServerEntry } from "../directory/index.ts";

/** Whether the direct URL of a server may be used now; null when it may. Our own checks pass where callers may not. */
export function refusalOfDirectUrl(server: ServerEntry, source: Source): DomainError | null {
  // A connected server is activated only after a smoke test, so that test must reach it before.
  if (server.kind === "connected" && source === "smoke") return null;
  if (server.status === "draft") {
    return new DomainError(
      "server_inactive",
      `The server ${server.slug} is a draft: nothing is published yet. Its owner must publish a version.`,
      { details: { status: server.status } },
    );
  }
  if (server.status === "inactive" || (server.kind === "hosted" && server.version === null)) {
    return new DomainError(
      "server_inactive",
      `The server ${server.slug} is not active. Its owner can activate it on its Hosting page.`,
      { details: { status: server.status } },
    );
  }
  if (server.directAccess === "off" && source === "external") {
    return new DomainError(
      "forbidden",
      `Direct access to the server ${server.slug} is turned off. Ask its owner for another way in.`,
    );
  }
  return null;
}
