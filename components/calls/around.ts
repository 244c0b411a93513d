import type { TimelineSubject } from "#lib/client/queries/calls.ts";

/** The page that shows what all sources wrote about one request, session or window. `focus`: the request that stands out. */
export function timelineHref(
  org: string,
  server: string,
  subject: TimelineSubject,
  focus: string | null = null,
): string {
  const query = new URLSearchParams({ ...subject, ...(focus === null ? {} : { focus }) });
  return `/${encodeURIComponent(org)}/servers/${encodeURIComponent(server)}/logs/timeline?${query}`;
}

/** A window up to this long is looked at as it is; around a longer one, a moment has to be chosen first. */
const WINDOW_MS_MAX = 600_000;

/** The page for a window of the log: itself where it is short, else the question for a moment. */
export function aroundWindowHref(
  org: string,
  server: string,
  { from, to }: { from: string | null; to: string | null },
): string {
  const page = `/${encodeURIComponent(org)}/servers/${encodeURIComponent(server)}/logs/timeline`;
  if (from === null || to === null) return page;
  const spanMs = Date.parse(to) - Date.parse(from);
  return spanMs > 0 && spanMs <= WINDOW_MS_MAX ? timelineHref(org, server, { from, to }) : page;
}

/** The window that a moment or a call was, for `timelineHref`; the page adds its margin on both sides. */
export const momentOf = (timestampMs: number, durationMs = 0): { from: string; to: string } => ({
  from: new Date(timestampMs).toISOString(),
  to: new Date(timestampMs + Math.max(1, Math.ceil(durationMs))).toISOString(),
});
