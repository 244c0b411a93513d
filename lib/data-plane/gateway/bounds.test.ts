import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import type { ServerEntry } from "../directory/index.ts";
import { Admission } from "./admission.ts";
import { type Call, createCall } from "./calls.ts";
import type { Exchange } from "./exchange.ts";
import { OpenCalls } from "./open-calls.ts";

const server = { id: "srv_a", kind: "hosted" } as ServerEntry;
const exchangeOf = (session: string, startedMs = 0): Exchange =>
  ({ server, session, startedMs, calls: [] }) as unknown as Exchange;
const callOf = (id: number): Call =>
  createCall(
    `call-${id}`,
    "request",
    {
      kind: "request",
      id,
      method: "tools/call",
      tool: "echo",
      subject: "echo",
      metaVersion: null,
      client: null,
      cancels: null,
      endUser: null,
      agentSession: null,
      toolArguments: undefined,
    },
    10,
  );

describe("Admission", () => {
  it("refuses one call too many of one server, and none of another", () => {
    const admission = new Admission();
    for (let index = 0; index < limits.mcp.concurrentPerServerMax; index++) admission.enter("srv_a", false);
    expect(() => admission.enter("srv_a", false)).toThrow(expect.objectContaining({ code: "limit_reached" }));
    admission.enter("srv_a", true);
    admission.enter("srv_b", false);
    admission.leave("srv_a", false);
    admission.enter("srv_a", false);
    expect(admission.total()).toEqual({ calls: limits.mcp.concurrentPerServerMax + 1, streams: 1 });
  });

  it("bounds open streams apart from calls", () => {
    const admission = new Admission();
    for (let index = 0; index < limits.mcp.streamsPerServerMax; index++) admission.enter("srv_a", true);
    expect(() => admission.enter("srv_a", true)).toThrow(/streams/);
    admission.enter("srv_a", false);
  });
});

describe("OpenCalls", () => {
  function open() {
    const clock = fakeClock();
    const reported: Call[] = [];
    const calls = new OpenCalls({
      monotonicMs: clock.monotonicMs,
      report: (_exchange, call) => void reported.push(call),
    });
    return { clock, reported, calls };
  }

  it("reports a parked call that nobody answers as timed out, once", () => {
    const { clock, reported, calls } = open();
    const exchange = exchangeOf("s");
    const call = callOf(1);
    calls.add(exchange, call);
    expect(calls.park(exchange, call)).toBe(true);
    clock.advance(limits.mcp.pendingLegacyCallMs - 1);
    calls.expire();
    expect(reported).toEqual([]);
    clock.advance(1);
    calls.expire();
    calls.expire();
    expect(reported.map(({ id, outcome }) => ({ id, outcome }))).toEqual([
      { id: "call-1", outcome: "timeout" },
    ]);
    expect(calls.size).toBe(0);
  });

  it("forgets the oldest when it is full, and reports it when it was parked", () => {
    const { reported, calls } = open();
    const exchange = exchangeOf("s");
    const oldest = callOf(0);
    calls.add(exchange, oldest);
    calls.park(exchange, oldest);
    for (let id = 1; id <= limits.mcp.pendingLegacyCallsMax; id++) calls.add(exchange, callOf(id));
    expect(calls.size).toBe(limits.mcp.pendingLegacyCallsMax);
    expect(reported).toEqual([oldest]);
  });

  it("keeps sessions and the types of ids apart", () => {
    const { reported, calls } = open();
    const mine = exchangeOf("mine");
    const call = callOf(1);
    calls.add(mine, call);
    calls.park(mine, call);
    const answer = { id: 1, outcome: "ok", rpcErrorCode: null, error: null } as const;
    calls.answered(exchangeOf("other"), answer, { bytes: 5, said: null });
    calls.answered(mine, { ...answer, id: "1" }, { bytes: 5, said: null });
    expect(reported).toEqual([]);
    calls.answered(mine, answer, { bytes: 5, said: null });
    expect(reported).toEqual([expect.objectContaining({ outcome: "ok", responseBytes: 5 })]);
  });

  it("does not follow a call without a session: nothing could bring its answer", () => {
    const { calls } = open();
    const exchange = { ...exchangeOf("s"), session: null };
    const call = callOf(1);
    calls.add(exchange, call);
    expect(calls.park(exchange, call)).toBe(false);
  });
});
