import type { TimelineSubject } from "#lib/client/queries/calls.ts";

/** The page that shows what all sources wrote about one request, session or window. */
export function timelineHref(org: string, server: string, subject: TimelineSubject): string {
  const query = new URLSearchParams({ ...subject });
  return `/${encodeURIComponent(org)}/servers/${encodeURIComponent(server)}/logs/timeline?${query}`;
}

/** The window that is one moment, for `timelineHref`; the page adds its margin on both sides. */
export function momentOf(timestampMs: number): { from: string; to: string } {
  const at = new Date(timestampMs);
  return { from: at.toISOString(), to: new Date(at.getTime() + 1).toISOString() };
}
