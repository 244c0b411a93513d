import { describe, expect, it } from "vitest";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { createReadiness } from "./readiness.ts";

describe("createReadiness", () => {
  it("is ready only when every part is", async () => {
    const clock = fakeClock();
    let database: string | null = null;
    const ready = createReadiness({ database: async () => database, web: async () => null }, clock);
    expect(await ready()).toEqual({
      status: "ready",
      parts: { database: { status: "ok", detail: null }, web: { status: "ok", detail: null } },
    });
    database = "away";
    clock.advance(1_000);
    expect(await ready()).toMatchObject({
      status: "not_ready",
      parts: { database: { status: "failed", detail: "away" }, web: { status: "ok" } },
    });
  });

  it("shows nothing of an unexpected failure", async () => {
    const ready = createReadiness(
      { database: () => Promise.reject(new Error("password=hunter2")) },
      fakeClock(),
    );
    expect(JSON.stringify(await ready())).not.toContain("hunter2");
  });

  it("asks once for many callers at a time", async () => {
    let asked = 0;
    const clock = fakeClock();
    const ready = createReadiness(
      {
        database: async () => {
          asked++;
          return null;
        },
      },
      clock,
    );
    await Promise.all([ready(), ready(), ready()]);
    expect(asked).toBe(1);
    clock.advance(1_000);
    await ready();
    expect(asked).toBe(2);
  });
});
