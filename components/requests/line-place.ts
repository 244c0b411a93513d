import type { ConsoleLine } from "#lib/contract/index.ts";

/** The place of a line in its log, as links name it: `epoch.seq.timestampMs`. */
export const placeOf = ({
  epoch,
  seq,
  timestamp,
}: Pick<ConsoleLine, "epoch" | "seq" | "timestamp">): string => `${epoch}.${seq}.${Math.trunc(timestamp)}`;

/** Whether a link means this line. */
export const isOpenLine = (line: ConsoleLine, place: string | null): boolean => placeOf(line) === place;
