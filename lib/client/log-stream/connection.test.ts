import { describe, expect, it } from "vitest";
import { LOG_STREAM_CLOSE } from "#lib/contract/log-stream-close.ts";
import { reconnectDelayMs } from "./backoff.ts";
import { type ConnectionEvent, type ConnectionState, type StatusAnswer, step } from "./connection.ts";

const rules = { stableMs: 5_000, fullCheckMs: 700, delayMs: (attempt: number) => 100 * 2 ** attempt };
const OFF: ConnectionState = { phase: "off" };
const may: ConnectionEvent = { type: "answered", answer: { kind: "may_connect" } };

/** The state after `events`, and what was to be done on the way. */
function runThrough(events: readonly ConnectionEvent[]): { state: ConnectionState; effects: string[] } {
  let state = OFF;
  const effects: string[] = [];
  for (const event of events) {
    const [next, todo] = step(state, event, rules);
    state = next;
    effects.push(...todo.map((effect) => (effect.type === "wait" ? `wait ${effect.delayMs}` : effect.type)));
  }
  return { state, effects };
}
const live: ConnectionEvent[] = [{ type: "start" }, may, { type: "greeted" }];
const closed = (code: number, livedMs = 60_000): ConnectionEvent => ({ type: "closed", code, livedMs });
const refused = (answer: Partial<Extract<StatusAnswer, { kind: "refused" }>>): ConnectionEvent => ({
  type: "answered",
  answer: { kind: "refused", reason: "inactive", message: "", holders: [], ...answer },
});

describe("the connection of a viewer", () => {
  it("asks before it connects, because a refused upgrade says nothing to a browser", () => {
    expect(runThrough(live)).toMatchObject({ state: { phase: "live" }, effects: ["check", "connect"] });
  });

  it("comes back by itself after a lost connection and a restart, asking again first", () => {
    for (const code of [1006, 1001, 1000, LOG_STREAM_CLOSE.restart, LOG_STREAM_CLOSE.tooSlow, 4428, 4999]) {
      const { state, effects } = runThrough([...live, closed(code), { type: "waited" }]);
      expect(state.phase).toBe("checking");
      expect(effects).toEqual(["check", "connect", "wait 100", "check"]);
    }
  });

  it.each([
    [LOG_STREAM_CLOSE.unauthenticated, "unauthenticated"],
    [LOG_STREAM_CLOSE.forbidden, "forbidden"],
    [LOG_STREAM_CLOSE.idle, "idle"],
    [LOG_STREAM_CLOSE.serverInactive, "inactive"],
    [LOG_STREAM_CLOSE.tooManyViewers, "full"],
  ])("stays closed after %i until somebody acts, and says why", (code, reason) => {
    const { state } = runThrough([...live, closed(code), { type: "waited" }]);
    expect(state).toMatchObject({ phase: "refused", reason });
    expect(runThrough([...live, closed(code), { type: "retry" }]).state.phase).toBe("checking");
  });

  it("learns who holds the places when all are taken, and when one is free", () => {
    const holders = [{ name: "Ada", since: "2026-11-20T15:04:00.000Z" }];
    const full = [...live, closed(LOG_STREAM_CLOSE.tooManyViewers), refused({ reason: "full", holders })];
    expect(runThrough(full).state).toMatchObject({ reason: "full", holders, placeIsFree: false });
    const free = runThrough([...full, { type: "waited" }, may]);
    expect(free.state).toMatchObject({ reason: "full", placeIsFree: true });
    expect(free.effects.slice(-4)).toEqual(["check", "wait 700", "check", "wait 700"]);
    const taken = runThrough([...full, may, { type: "waited" }, refused({ reason: "full", holders })]);
    expect(taken.state).toMatchObject({ reason: "full", placeIsFree: false });
    expect(runThrough([...full, { type: "stop" }, { type: "waited" }]).state).toEqual(OFF);
  });

  it("waits longer each time, and starts over after a connection that held", () => {
    const unreachable: ConnectionEvent = {
      type: "answered",
      answer: { kind: "unavailable", message: "down" },
    };
    const tries = [{ type: "start" as const }, unreachable, { type: "waited" as const }, unreachable];
    expect(runThrough(tries).effects).toEqual(["check", "wait 100", "check", "wait 200"]);
    const short = [...live, closed(1006, 10), { type: "waited" as const }, may, { type: "greeted" as const }];
    expect(runThrough([...short, closed(1006, 10)]).effects.at(-1)).toBe("wait 200");
    expect(runThrough([...short, closed(1006, 60_000)]).effects.at(-1)).toBe("wait 100");
  });

  it("ignores what comes too late", () => {
    expect(runThrough([...live, { type: "stop" }, closed(1006), may, { type: "waited" }]).state).toEqual(OFF);
    expect(runThrough([...live, { type: "start" }, { type: "retry" }]).state.phase).toBe("live");
  });
});

describe("the wait before the next try", () => {
  it("lies between the smallest and a bound that doubles up to the largest", () => {
    const bounds = { minMs: 250, maxMs: 10_000 };
    expect(reconnectDelayMs(0, 0.99, bounds)).toBe(250);
    expect(reconnectDelayMs(3, 0, bounds)).toBe(250);
    expect(reconnectDelayMs(3, 1, bounds)).toBe(2_000);
    expect(reconnectDelayMs(1_000, 1, bounds)).toBe(10_000);
  });
});
