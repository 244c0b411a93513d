import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SseEvent, SseParser } from "./sse-parser.ts";

function parse(chunks: readonly Uint8Array[], eventSizeMax = 1_000): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event), eventSizeMax);
  for (const chunk of chunks) parser.push(chunk);
  return events;
}
const bytes = (text: string): Uint8Array => Buffer.from(text);
const dataOf = (text: string): (string | null)[] => parse([bytes(text)]).map((event) => event.data);

describe("SseParser", () => {
  it("reads events whatever ends their lines", () => {
    expect(dataOf("data: a\n\ndata: b\n\n")).toEqual(["a", "b"]);
    expect(dataOf("data: a\r\n\r\ndata: b\r\n\r\n")).toEqual(["a", "b"]);
    expect(dataOf("data: a\r\rdata: b\r\r")).toEqual(["a", "b"]);
  });

  it("joins data lines, takes a value without a space, and leaves comments and other fields out", () => {
    expect(dataOf(": ping\n\nevent: message\nretry: 10\ndata:one\ndata: two\ndata\n\n")).toEqual([
      "one\ntwo\n",
    ]);
  });

  it("tells a priming event from an event with data", () => {
    expect(parse([bytes("id: 7\ndata: \n\nid: 8\ndata: x\n\n")])).toEqual([
      { data: "", hasId: true, size: 0 },
      { data: "x", hasId: true, size: 1 },
    ]);
  });

  it("ignores a byte order mark at the beginning only", () => {
    expect(dataOf("\ufeffdata: a\n\n")).toEqual(["a"]);
  });

  it("reports an oversized event without its data, and goes on with the next", () => {
    const events = parse([bytes(`data: ${"x".repeat(50)}\n\ndata: small\n\n`)], 20);
    expect(events.map((event) => event.data)).toEqual([null, "small"]);
  });

  it("holds no more than its bound of a line that never ends", () => {
    const events: SseEvent[] = [];
    const parser = new SseParser((event) => events.push(event), 100);
    for (let index = 0; index < 1_000; index++) parser.push(bytes("data: xxxxxxxxxx"));
    expect(parser.isBetweenEvents).toBe(false);
    parser.push(bytes("\n\ndata: next\n\n"));
    expect(events.map((event) => event.data)).toEqual([null, "next"]);
  });

  it("knows when bytes may be appended without damaging an event", () => {
    const parser = new SseParser(() => undefined, 100);
    expect(parser.isBetweenEvents).toBe(true);
    parser.push(bytes("data: half"));
    expect(parser.isBetweenEvents).toBe(false);
    parser.push(bytes("\n"));
    expect(parser.isBetweenEvents).toBe(false);
    parser.push(bytes("\n"));
    expect(parser.isBetweenEvents).toBe(true);
  });

  it("gives the same events however the bytes are cut", () => {
    const piece = fc.constantFrom(
      ...'data: x|data:|data|id: 1|: c|event: m|\n|\n\n|\r|\r\n|\r\n\r\n|ü😀|data: {"id":1}|\ufeff| '.split(
        "|",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(200), { maxLength: 10 }),
        (pieces, cuts) => {
          const whole = bytes(pieces.join(""));
          const points = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
            (left, right) => left - right,
          );
          const chunks = points.slice(1).map((point, index) => whole.subarray(points[index], point));
          expect(parse(chunks)).toEqual(parse([whole]));
          expect(parse([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(parse([whole]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("looks at each character once, however many lines a chunk has", () => {
    // Looking for the end of each line up to the end of the chunk would take minutes here.
    const parser = new SseParser(() => undefined, 1_000);
    const chunk = Buffer.alloc(4 * 1024 * 1024, "\n");
    for (let pushed = 0; pushed < 4; pushed++) parser.push(chunk);
    expect(parser.isBetweenEvents).toBe(true);
  });
});
