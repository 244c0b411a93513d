import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerFrame } from "#lib/contract/log-stream.ts";
import { decodeServerFrame } from "./decode-frame.ts";

const count = fc.integer({ min: 0, max: 1_000_000 });
const level = fc.constantFrom("debug", "info", "warn", "error");
const entry = fc.record(
  {
    timestamp: count,
    level,
    message: fc.string({ unit: "binary" }),
    seq: count,
    method: fc.constantFrom("log", "info", "warn", "error", "debug"),
    requestId: fc.string(),
    truncated: fc.constant(true),
    bytes: count,
    lostLines: count,
  },
  { requiredKeys: ["timestamp", "level", "message", "seq"] },
);
const frame = fc.oneof(
  fc.record({
    type: fc.constant("hello"),
    server: fc.record({ id: fc.string(), slug: fc.string(), name: fc.string() }),
    epoch: fc.string(),
    head: count,
    tail: count,
    viewers: count,
    viewersMax: count,
    retention: count,
  }),
  fc.record({
    type: fc.constant("logs"),
    epoch: fc.string(),
    from: count,
    to: count,
    filterRev: count,
    entries: fc.array(entry),
  }),
  fc.record({
    type: fc.constant("dropped"),
    epoch: fc.string(),
    from: count,
    to: count,
    count,
    byLevel: fc.dictionary(level, count),
    reason: fc.constantFrom("slow_viewer", "no_longer_buffered", "epoch_changed"),
  }),
  fc.record({ type: fc.constant("status"), viewers: count, viewersMax: count, state: fc.string() }),
  fc.record({
    type: fc.constant("heartbeat"),
    epoch: fc.string(),
    head: count,
    linesPerSecond: count,
    at: count,
  }),
  fc.record({ type: fc.constant("error"), code: fc.string(), message: fc.string() }),
);

describe("reading frames", () => {
  it("takes every frame of the contract as the contract does", () => {
    fc.assert(
      fc.property(frame, (value) => {
        const text = JSON.stringify(value);
        expect(decodeServerFrame(text)).toEqual(ServerFrame.parse(JSON.parse(text)));
      }),
    );
  });

  it("never throws, whatever arrives, and takes no frame without a position it can count with", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), frame.map(damaged)), (text) => {
        const decoded = decodeServerFrame(text);
        if (decoded?.type !== "logs" && decoded?.type !== "dropped") return;
        expect([decoded.from, decoded.to].every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it("shows a line of a level that it does not know", () => {
    const logs = { type: "logs", epoch: "e", from: 1, to: 1, filterRev: 0 };
    const text = JSON.stringify({
      ...logs,
      entries: [{ timestamp: 1, level: "trace", message: "x", seq: 1 }],
    });
    expect(decodeServerFrame(text)).toMatchObject({ entries: [{ level: "info", message: "x" }] });
  });
});

/** The frame with one member of another type. */
function damaged(value: object): string {
  const keys = Object.keys(value);
  const key = keys[JSON.stringify(value).length % keys.length] ?? "type";
  return JSON.stringify({ ...value, [key]: null });
}
