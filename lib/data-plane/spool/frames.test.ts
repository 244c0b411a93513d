import fc from "fast-check";
import { expect, test } from "vitest";
import { type DecodedFrames, decodeFrames, encodeFrame } from "./frames.ts";

const record = fc
  .record({ n: fc.nat(), text: fc.string({ unit: "binary" }) })
  .map((fact) => JSON.stringify(fact));
const frames = fc.array(fc.array(record, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });

/** Reads a file as the spool does: window by window, never more than asked for. */
function readAll(file: Buffer, windowBytes: number, recordsMax = 1_000): Omit<DecodedFrames, "neededBytes"> {
  const records: string[] = [];
  let damagedBytes = 0;
  let at = 0;
  for (let size = windowBytes; at < file.length; ) {
    const window = file.subarray(at, at + size);
    const read = decodeFrames(window, at + size >= file.length, recordsMax);
    if (read.neededBytes > 0) {
      size = read.neededBytes;
      continue;
    }
    expect(read.consumedBytes).toBeGreaterThan(0);
    records.push(...read.records);
    damagedBytes += read.damagedBytes;
    at += read.consumedBytes;
    size = windowBytes;
  }
  return { records, damagedBytes, consumedBytes: at };
}

test("what was written is read back, in its order, whatever the window", () => {
  fc.assert(
    fc.property(
      frames,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 6 }),
      (written, size, max) => {
        const file = Buffer.concat(written.map(encodeFrame));
        expect(readAll(file, size, max)).toMatchObject({ records: written.flat(), damagedBytes: 0 });
      },
    ),
  );
});

test("a file that ends within a frame gives every frame before it and nothing of that one", () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 16, max: 200 }), (written, cut, size) => {
      const parts = written.map(encodeFrame);
      const last = parts.at(-1) ?? Buffer.alloc(0);
      const file = Buffer.concat(parts).subarray(0, -1 - (cut % (last.length - 1)));
      const read = readAll(file, size);
      expect(read.records).toEqual(written.slice(0, -1).flat());
      expect(read.damagedBytes).toBe(last.length - 1 - (cut % (last.length - 1)));
    }),
  );
});

test("damage costs the frames it lies in and no other, and never makes a record up", () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), (written, place, junk) => {
      const parts = written.map(encodeFrame);
      const file = Buffer.concat(parts);
      const from = place % file.length;
      file.set(junk.subarray(0, file.length - from), from);
      const { records } = readAll(file, 64);
      let at = 0;
      const untouched = written.filter((_, index) => {
        const start = at;
        at += parts[index]?.length ?? 0;
        return at <= from || start >= from + junk.length;
      });
      const all = new Set(written.flat());
      expect(records.every((found) => all.has(found))).toBe(true);
      for (const kept of untouched.flat()) expect(records).toContain(kept);
    }),
  );
});

test("a length that was damaged into a huge one is not believed", () => {
  const good = encodeFrame(['{"n":1}']);
  const file = Buffer.concat([Buffer.from("#999999999 00000000\n{}\n"), good]);
  expect(readAll(file, 32).records).toEqual(['{"n":1}']);
});
