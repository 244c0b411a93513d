import { describe, expect, it } from "vitest";
import type { MeterRefusal } from "#lib/data-plane/metering/index.ts";
import { agentEntry, serverEntry } from "#lib/testing/mcp/index.ts";
import { deniedByMeter } from "./money-denials.ts";
import { INTERNAL } from "./principals.ts";

const USED_UP: MeterRefusal = {
  reason: "budget_exceeded",
  limitSource: "agent_budget",
  scopeId: "agt_a",
  capMicros: 30_000n,
  remainingMicros: 1_745n,
  resetsAtMs: Date.UTC(2026, 11, 1),
  retryAfterSeconds: null,
};
const denied = (refusal: MeterRefusal) =>
  deniedByMeter(refusal, {
    server: serverEntry("orders"),
    principal: INTERNAL,
    agent: agentEntry("agt_a", []),
    grantId: null,
    publicUrl: "https://mcp.example.com",
  });

describe("a call that a limit stopped", () => {
  it("is told to stop when the limit is used up, with what is left and when it starts again", () => {
    const { error, outcome } = denied(USED_UP);
    expect(outcome).toBe("budget_denied");
    expect(error).toMatchObject({ code: "payment_required", retryable: false });
    expect(error.message).toMatch(
      /Stop, .* Left: \$0\.001745 of \$0\.03\. It starts again at 2026-12-01T00:00:00\.000Z/,
    );
  });

  it("is told to try again when what it needs is only set aside for calls that run", () => {
    const { error, outcome, reason } = denied({ ...USED_UP, retryAfterSeconds: 1 });
    expect({ outcome, reason }).toEqual({ outcome: "budget_denied", reason: "budget_exceeded" });
    expect(error).toMatchObject({ code: "rate_limited", retryable: true, retryAfterSeconds: 1 });
    expect(error.message).toMatch(/set aside for calls that run now\. Try again in a second\./);
    expect(error.message).not.toMatch(/Stop|starts again/);
  });
});
