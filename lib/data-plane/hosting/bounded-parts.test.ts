import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createActiveRequests } from "./active-requests.ts";
import { createCrashHistory } from "./crash-history.ts";
import { createLineBudget } from "./line-budget.ts";
import { createLineSplitter } from "./line-splitter.ts";
import { exitOf, refusalMessage } from "./runtime-exit.ts";

describe("createLineSplitter", () => {
  it("gives the same lines however the bytes are cut, and skips those that are too long", () => {
    const text = fc.array(
      fc.string({ unit: "grapheme", maxLength: 12 }).map((part) => part.replaceAll("\n", "")),
    );
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
        const bytes = Buffer.from(`${lines.join("\n")}\n`);
        const got: string[] = [];
        const splitter = createLineSplitter(16, (line) => got.push(line));
        let at = 0;
        for (const cut of cuts) {
          splitter.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        splitter.push(bytes.subarray(at));
        splitter.end();
        expect(got).toEqual(lines.filter((line) => line !== "" && Buffer.byteLength(line) <= 16));
      }),
    );
  });

  it("gives the last line also when nothing ends it", () => {
    const got: string[] = [];
    const splitter = createLineSplitter(16, (line) => got.push(line));
    splitter.push(Buffer.from("a\nb"));
    splitter.end();
    expect(got).toEqual(["a", "b"]);
  });
});

describe("createLineBudget", () => {
  it("lets a second's worth through at once, then the rate, and tells what it shed once per notice", () => {
    let nowMs = 0;
    const budget = createLineBudget(100, 1_000, () => nowMs);
    const passed = (count: number) =>
      Array.from({ length: count }, () => budget.allow()).filter(Boolean).length;
    expect(passed(150)).toBe(100);
    expect(budget.takeShed()).toBe(50);
    nowMs = 500;
    expect(passed(100)).toBe(50);
    expect(budget.takeShed()).toBe(0);
    expect(budget.takeShed(true)).toBe(50);
    budget.shed(7);
    nowMs = 2_000;
    expect(budget.takeShed()).toBe(7);
    expect(passed(1_000)).toBe(100);
  });
});

describe("createActiveRequests", () => {
  const uuid = (last: number) => `019b0000-0000-7000-8000-${String(last).padStart(12, "0")}`;

  it("knows the exchanges that run and those that just ended, in either form of their id, and no other", () => {
    let nowMs = 0;
    const requests = createActiveRequests(() => nowMs);
    requests.begin(encodeId("req", uuid(1)));
    expect(requests.resolve(encodeId("req", uuid(1)))).toBe(uuid(1));
    expect(requests.resolve(uuid(1))).toBe(uuid(1));
    for (const claim of [uuid(2), encodeId("req", uuid(2)), "req_", "", null, 5, {}]) {
      expect(requests.resolve(claim)).toBeNull();
    }
    requests.end(uuid(1));
    expect(requests.resolve(uuid(1))).toBe(uuid(1));
    nowMs = limits.runtime.requestAttributionMs + 1;
    expect(requests.resolve(uuid(1))).toBeNull();
  });

  it("names the only exchange in flight, and nobody when there are several", () => {
    const requests = createActiveRequests(() => 0);
    expect(requests.only()).toBeNull();
    requests.begin(uuid(1));
    expect(requests.only()).toBe(uuid(1));
    requests.begin(uuid(2));
    expect(requests.only()).toBeNull();
  });

  it("remembers a bounded number of ended exchanges", () => {
    const requests = createActiveRequests(() => 0);
    const count = limits.runtime.requestsRememberedMax + 10;
    for (let index = 0; index < count; index++) {
      requests.begin(uuid(index));
      requests.end(uuid(index));
    }
    expect(requests.resolve(uuid(0))).toBeNull();
    expect(requests.resolve(uuid(count - 1))).toBe(uuid(count - 1));
  });
});

describe("createCrashHistory", () => {
  const history = () =>
    createCrashHistory({
      restartDelayMsMin: 50,
      restartDelayMsMax: 30_000,
      crashesBeforeCrashLoop: 5,
      crashWindowMs: 60_000,
    });

  it("waits longer after each crash, and loops at the fifth within the window", () => {
    const crashes = history();
    expect([0, 100, 200, 300].map((atMs) => crashes.crashed(atMs))).toEqual([50, 100, 200, 400]);
    expect(crashes.loopingUntilMs(301)).toBeNull();
    expect(crashes.crashed(1_000)).toBe(30_000);
    expect(crashes.loopingUntilMs(1_001)).toBe(31_000);
    expect(crashes.loopingUntilMs(31_000)).toBeNull();
    crashes.crashed(31_001);
    expect(crashes.loopingUntilMs(31_002)).toBe(61_001);
  });

  it("forgets crashes that are older than the window", () => {
    const crashes = history();
    for (const atMs of [0, 1, 2, 3]) crashes.crashed(atMs);
    expect(crashes.crashed(70_000)).toBe(50);
    expect(crashes.loopingUntilMs(70_001)).toBeNull();
  });
});

describe("exitOf", () => {
  const bounds = { heapMiBMax: 128 };
  it("tells memory from crashes", () => {
    const words = [
      "V8 fatal error; location = Reached heap limit; message = : JavaScript heap out of memory",
    ];
    expect(exitOf({ code: 1, signal: null }, words, bounds).reason).toBe("memory_limit");
    expect(exitOf({ code: null, signal: "SIGKILL" }, [], bounds)).toMatchObject({ reason: "crashed" });
    expect(exitOf({ code: 3, signal: null }, [], bounds).message).toContain("exit code 3");
  });
});

describe("refusalMessage", () => {
  it("keeps the runtime's own words, without our frames, the service's name and paths of this machine", () => {
    expect(
      refusalMessage([
        "Unable to find and open the program executable, so unable to determine …",
        "service tenant: Uncaught TypeError: no handler\n  at main.js:4:1\n  at mcpstack-entry.js:4:100",
      ]),
    ).toBe("Uncaught TypeError: no handler\n  at main.js:4:1");
    expect(
      refusalMessage(["service tenant: cannot read /var/lib/mcpstack/run/rt/0a1b/m0; see https://e.com/a/b"]),
    ).toBe("cannot read m0; see https://e.com/a/b");
  });

  it("says nothing about the bundle when the runtime complains about its configuration", () => {
    expect(refusalMessage([])).toBeNull();
    expect(refusalMessage(["error: config.capnp: openat: Permission denied"])).toBeNull();
  });
});
