import { describe, expect, it } from "vitest";
import { LagMeter, RateMeter } from "./meters.ts";

describe("lines per second", () => {
  it("follow a steady stream and fall to nothing when it ends", () => {
    const meter = new RateMeter();
    for (let ms = 0; ms < 10_000; ms += 10) meter.add(5, ms);
    expect(meter.perSecond(10_000)).toBeGreaterThan(470);
    expect(meter.perSecond(10_000)).toBeLessThan(530);
    expect(meter.perSecond(20_000)).toBe(0);
  });

  it("are not exaggerated by a burst at the start", () => {
    const meter = new RateMeter();
    meter.add(100, 5_000);
    expect(meter.perSecond(5_001)).toBe(100);
  });
});

describe("how late lines arrive", () => {
  it("is unknown until the clocks were compared", () => {
    const meter = new LagMeter();
    meter.line(1_000, 1_040);
    expect(meter.lagMs).toBeNull();
    meter.heartbeat(1_000, 1_010);
    expect(meter.lagMs).toBe(40);
  });

  it("leaves out the difference between two clocks", () => {
    const meter = new LagMeter();
    meter.heartbeat(100_000, 160_005);
    meter.line(100_000, 160_045);
    expect(meter.lagMs).toBe(40);
  });
});
