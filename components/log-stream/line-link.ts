import { placeText } from "#lib/client/log-stream/history.ts";
import type { LineRow } from "#lib/client/log-stream/rows.ts";

/** The address at which one line is shown among its neighbours, for as long as it is stored. */
export const linkToLine = (organization: string, server: { slug: string }, row: LineRow): string => {
  const { epoch, entry } = row;
  const place = placeText({ epoch, seq: entry.seq, timestampMs: entry.timestamp });
  return `${window.location.origin}/${organization}/servers/${server.slug}/logs/live?line=${place}`;
};
