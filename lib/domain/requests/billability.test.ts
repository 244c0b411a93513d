import { describe, expect, test } from "vitest";
import { OUTCOMES, type Outcome, REQUEST_KINDS, SOURCES } from "#lib/contract/index.ts";
import { billabilityOf } from "./billability.ts";

const judge = (over: Partial<Parameters<typeof billabilityOf>[0]> = {}) =>
  billabilityOf({
    id: "log_1",
    kind: "request",
    method: "tools/call",
    source: "agent",
    outcome: "ok",
    billing: null,
    amountMicros: null,
    ...over,
  });

const ANSWERED: readonly Outcome[] = ["ok", "tool_error"];
const REAL_CALLERS: readonly string[] = ["agent", "embed", "external"];

describe.each(OUTCOMES)("an outcome of %s", (outcome) => {
  test.each(SOURCES)("by %s costs credits only for an answered tool call of a real caller", (source) => {
    for (const kind of REQUEST_KINDS) {
      for (const method of ["tools/call", "tools/list", "initialize", null]) {
        const { isBillable, reason } = judge({ outcome, source, kind, method });
        const isCall = kind === "request" && method === "tools/call";
        expect(isBillable, `${kind} ${method}`).toBe(
          isCall && REAL_CALLERS.includes(source) && ANSWERED.includes(outcome),
        );
        expect(reason).toMatch(/^[A-Z].*\.$/);
      }
    }
  });
});

test("the reason says which of the rules it was: the protocol, a test, a denial, or a fault", () => {
  expect(judge({ method: "tools/list" }).reason).toContain("part of the protocol");
  expect(judge({ source: "smoke" }).reason).toContain("smoke");
  expect(judge({ source: "dashboard", outcome: "timeout" }).reason).toContain("dashboard");
  expect(judge({ outcome: "grant_denied" }).reason).toContain("no grant");
  expect(judge({ outcome: "runtime_error" }).reason).toContain("runtime failed");
});

test("what was decided when a call passed counts, with its amount and its debit", () => {
  const billed = { billing: "billed", amountMicros: "9007199254740993" } as const;
  const txId = "019a0000-0000-7000-8000-000000000001";
  const debit = { txId, priceVersion: "metered@1" };
  const row = { id: "log_1", kind: "request", method: "tools/call", source: "agent", outcome: "ok" } as const;
  expect(billabilityOf({ ...row, ...billed }, debit)).toMatchObject({
    isBillable: true,
    amountMicros: "9007199254740993",
    txId: expect.stringMatching(/^tx_/),
    priceVersion: "metered@1",
  });
  const free = judge({ billing: "zero_rated:unpriced", amountMicros: "0" });
  expect(free).toMatchObject({ isBillable: false, amountMicros: "0", txId: null });
  expect(free.reason).toContain("no prices");
  expect(judge({ billing: "zero_rated:of_another_version" })).toMatchObject({ isBillable: false });
});
