import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIdSource, decodeId, encodeId, isId, timeOfUuid7, uuid7Floor } from "./ids.ts";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("uuid", () => {
  it("is always a well-formed UUIDv7 that carries its time", () => {
    const ids = createIdSource();
    for (let index = 0; index < 20_000; index++) {
      const atMs = 1_700_000_000_000 + (index >> 3);
      const uuid = ids.uuid(atMs);
      expect(uuid).toMatch(UUID7);
      expect(timeOfUuid7(uuid)).toBe(atMs);
    }
  });

  it("sorts by creation within one millisecond, and never repeats", () => {
    const ids = createIdSource(() => 1_700_000_000_000);
    const made = Array.from({ length: 1_000 }, () => ids.uuid());
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });
});

describe("wire ids", () => {
  it("decode to what was encoded, and sort as the UUIDs do", () => {
    const uuid = fc.uuid().map((text) => text.toLowerCase());
    fc.assert(
      fc.property(uuid, uuid, (left, right) => {
        expect(decodeId("srv", encodeId("srv", left))).toBe(left);
        expect(encodeId("srv", left) < encodeId("srv", right)).toBe(left < right);
      }),
    );
  });

  it("refuse another prefix, another alphabet and another length", () => {
    const id = createIdSource().id("srv");
    expect(isId("srv", id)).toBe(true);
    expect(isId("org", id)).toBe(false);
    expect(isId("srv", `${id}0`)).toBe(false);
    expect(isId("srv", `${id.slice(0, -1)}u`)).toBe(false);
    expect(() => encodeId("srv", "no uuid")).toThrow(RangeError);
  });
});

describe("uuid7Floor", () => {
  it("is not above any id of its millisecond", () => {
    const ids = createIdSource();
    expect(uuid7Floor(1_700_000_000_000) <= ids.uuid(1_700_000_000_000)).toBe(true);
    expect(uuid7Floor(1_700_000_000_001) > ids.uuid(1_700_000_000_000)).toBe(true);
  });
});
