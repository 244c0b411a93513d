import { expect, test } from "vitest";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { addressKey, createRateLimiter } from "./rate-limit.ts";

test("the whole allowance may come at once, then flows back evenly, never above the limit", () => {
  const clock = fakeClock();
  const { take } = createRateLimiter({ clock, windowSeconds: 60, keysMax: 10 });
  expect([take("a", 2).remaining, take("a", 2).remaining]).toEqual([1, 0]);
  expect(take("a", 2)).toMatchObject({ allowed: false, retryAfterSeconds: 30 });
  clock.advance(29_999);
  expect(take("a", 2).allowed).toBe(false);
  clock.advance(1);
  expect(take("a", 2).allowed).toBe(true);
  clock.advance(3_600_000);
  expect(take("a", 2).remaining).toBe(1);
});

test("memory is bounded: the key unseen for longest is forgotten, a busy one is not", () => {
  const clock = fakeClock();
  const { take, size } = createRateLimiter({ clock, windowSeconds: 60, keysMax: 3 });
  take("busy", 1);
  for (let index = 0; index < 100; index++) {
    take(`key-${index}`, 1);
    expect(take("busy", 1).allowed).toBe(false);
  }
  expect(size()).toBe(3);
});

test("an IPv6 address counts by its /64 however it is written, an IPv4 address by itself", () => {
  const keys = ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"].map(addressKey);
  expect(new Set(keys).size).toBe(1);
  expect(addressKey("2001:db8:1:3::1")).not.toBe(keys[0]);
  expect(addressKey("::1")).toBe(addressKey("::2"));
  expect(addressKey("192.0.2.1")).not.toBe(addressKey("192.0.2.2"));
  expect(addressKey("::ffff:192.0.2.1")).not.toBe(addressKey("::ffff:192.0.2.2"));
});
