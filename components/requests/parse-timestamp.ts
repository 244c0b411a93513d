import { createParser } from "nuqs/server";

/** A time as the API takes it; anything else counts as absent. */
export const parseAsTimestamp = createParser({
  parse: (text) => {
    const ms = Date.parse(text);
    return /^\d{4}-\d{2}-\d{2}T/.test(text) && Number.isFinite(ms) ? new Date(ms).toISOString() : null;
  },
  serialize: (text: string) => text,
});
