import type { ServerEntry } from "../directory/index.ts";

/** The host whose name and certificate are looked at: our own public one, or that of a connected server's upstream. */
export interface CheckedHost {
  url: URL;
  isUpstream: boolean;
  /** Secret headers of ours go there. */
  hasSecrets: boolean;
}

/** Null when the upstream's URL is not valid. */
export function checkedHost(server: ServerEntry | undefined, publicUrl: string): CheckedHost | null {
  if (server?.kind !== "connected") return { url: new URL(publicUrl), isUpstream: false, hasSecrets: false };
  const { upstreamUrl, upstreamHeaders } = server;
  if (upstreamUrl === null || !URL.canParse(upstreamUrl)) return null;
  return { url: new URL(upstreamUrl), isUpstream: true, hasSecrets: Object.keys(upstreamHeaders).length > 0 };
}
