import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";

/** No URL of the server lets anybody in, although it serves: our own probes pass and callers do not. */
export function isClosed(evidence: Evidence): boolean {
  const { server } = evidence.subject;
  const urls = valueIn(evidence.hosting.urls);
  return (
    server !== null &&
    !server.isDeleted &&
    server.directAccess === "off" &&
    urls !== null &&
    urls.gatewayUrl === null
  );
}
