import { crc32 } from "node:zlib";

/**
 * How facts lie in a file of the spool: frames, each the records of one write. A frame begins with a line of its own,
 * `#<bytes> <crc32>`, followed by one line of JSON for each record. A write that a killed process did not finish leaves a
 * frame that is too short or sums up wrongly, and so does a damaged disk: such frames are left out, and the next good one
 * is found again, since no record holds a line break.
 */

const HASH = 35;
const NEWLINE = 10;
const HEADER = /^#(\d{1,9}) ([0-9a-f]{8})$/;
const HEADER_BYTES_MAX = 20;

/** The frame of `records`, each the JSON of an object or a list without line breaks. */
export function encodeFrame(records: readonly string[]): Buffer {
  const payload = Buffer.from(`${records.join("\n")}\n`);
  const header = `#${payload.length} ${crc32(payload).toString(16).padStart(8, "0")}\n`;
  return Buffer.concat([Buffer.from(header), payload]);
}

export interface DecodedFrames {
  records: string[];
  /** Where to go on; everything before it was read or is damaged. */
  consumedBytes: number;
  /** Bytes that belong to no good frame. */
  damagedBytes: number;
  /** How much of the file must be seen at once to go on; 0 when that is not the problem. */
  neededBytes: number;
}

/**
 * Reads frames from the beginning of `window` until there are `recordsMax` records or no whole frame is left. With
 * `isEnd` nothing follows `window`, so an unfinished frame is damage; otherwise it waits for a larger window.
 */
export function decodeFrames(window: Buffer, isEnd: boolean, recordsMax: number): DecodedFrames {
  const records: string[] = [];
  let at = 0;
  let damagedBytes = 0;
  while (at < window.length && records.length < recordsMax) {
    const frame = frameAt(window, at, isEnd);
    if (frame === "unfinished") break;
    if (frame === "damaged") {
      const next = window.indexOf(HASH, at + 1);
      const end = next === -1 ? window.length : next;
      damagedBytes += end - at;
      at = end;
      continue;
    }
    const text = window.toString("utf8", frame.start, frame.end - 1);
    for (const record of text.split("\n")) records.push(record);
    at = frame.end;
  }
  const isStuck = at === 0 && records.length === 0 && damagedBytes === 0 && window.length > 0;
  return { records, consumedBytes: at, damagedBytes, neededBytes: isStuck ? window.length * 2 : 0 };
}

function frameAt(
  window: Buffer,
  at: number,
  isEnd: boolean,
): { start: number; end: number } | "damaged" | "unfinished" {
  if (window[at] !== HASH) return "damaged";
  const lineEnd = window.subarray(at, at + HEADER_BYTES_MAX).indexOf(NEWLINE);
  if (lineEnd === -1) return !isEnd && window.length - at < HEADER_BYTES_MAX ? "unfinished" : "damaged";
  const header = HEADER.exec(window.toString("latin1", at, at + lineEnd));
  if (!header) return "damaged";
  const start = at + lineEnd + 1;
  const end = start + Number(header[1]);
  if (end > window.length) return isEnd ? "damaged" : "unfinished";
  const payload = window.subarray(start, end);
  return payload.length > 0 && crc32(payload) === Number.parseInt(header[2] ?? "", 16)
    ? { start, end }
    : "damaged";
}
