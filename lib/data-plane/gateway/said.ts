import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";

/**
 * What was said in a message, for servers that record it: the text as it passed, not redacted, and no longer than what
 * is looked at before it is cut. Nothing here runs for other servers.
 */
export interface Said {
  text: string;
  /** Size of the message on the wire, or of its text where it came with others. */
  bytes: number;
}

/** One more than is kept, so that it can be seen that there was more. */
const TEXT_CHARACTERS_MAX = limits.requests.bodyBytesMax + limits.logStream.redactAheadCharactersMax + 1;
/** Holds that many characters, whatever they are. */
const TEXT_BYTES_MAX = 3 * TEXT_CHARACTERS_MAX;

export const isRecorded = ({ recordBodies, retentionDays }: ServerEntry): boolean =>
  recordBodies && retentionDays > 0;

/** What `chunks` say together; `bytes` when there were more of them. */
export function saidInBytes(chunks: readonly Buffer[], bytes: number): Said {
  const [first] = chunks;
  const head = chunks.length === 1 && first ? first : Buffer.concat(chunks, Math.min(bytes, TEXT_BYTES_MAX));
  const text = head.toString("utf8", 0, TEXT_BYTES_MAX);
  return { text: text.slice(0, TEXT_CHARACTERS_MAX), bytes };
}

export const saidInText = (text: string, bytes = Buffer.byteLength(text)): Said => ({
  text: text.slice(0, TEXT_CHARACTERS_MAX),
  bytes,
});

/** One message out of several; null when it is nested too deeply to be written down again. */
export function saidInPart(message: unknown): Said | null {
  try {
    return saidInText(JSON.stringify(message));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Each message of a body, in its order. `body` is JSON, with several messages when it is a list. */
export function saidInMessages(body: Buffer, isBatch: boolean): (Said | null)[] {
  if (!isBatch) return [saidInBytes([body], body.length)];
  return (JSON.parse(body.toString("utf8")) as unknown[]).map(saidInPart);
}
