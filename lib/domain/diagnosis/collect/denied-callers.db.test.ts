import { afterAll, beforeAll, expect, test } from "vitest";
import type { DecisionReason } from "#lib/contract/index.ts";
import type { RequestFact } from "#lib/domain/requests/index.ts";
import { collected, type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";

let own: DiagnosisFixture;
let serverId: string;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

const allowed = (agoMs: number, principal: string, more: Partial<RequestFact> = {}): RequestFact =>
  own.fact(
    serverId,
    { decision: { reason: "allowed", principal, grantId: null, explanation: null }, ...more },
    agoMs,
  );
const denied = (
  agoMs: number,
  reason: DecisionReason,
  principal: string | null,
  more: Partial<RequestFact> = {},
): RequestFact =>
  own.fact(
    serverId,
    {
      outcome: "auth_denied",
      decision: { reason, principal, grantId: null, explanation: null },
      ...more,
    },
    agoMs,
  );
const at = (agoMs: number): string => new Date(own.clock.nowMs() - agoMs).toISOString();

/** The callers of each reason, with how often they were denied and when they came back. */
async function callersOf(facts: (() => RequestFact)[]) {
  serverId = (await own.server()).id;
  await own.write(facts.map((fact) => fact()));
  const decisions = collected((await own.evidence({ server: serverId })).gateway.decisions);
  return Object.fromEntries(
    decisions.map(({ reason, callers }) => [
      reason,
      callers.map(({ caller, count, backAt }) => [caller, count, backAt]),
    ]),
  );
}

test("who was turned away is told with when the same came in again, and who did not", async () => {
  const told = await callersOf([
    () => denied(90_000, "key_revoked", "key:a"),
    () => allowed(80_000, "key:a"),
    () => denied(70_000, "key_revoked", "key:a"),
    () => allowed(60_000, "key:a"),
    () => allowed(50_000, "key:a"),
    () => denied(70_000, "key_revoked", "key:b"),
    () => allowed(75_000, "key:b"),
    () => allowed(60_000, "key:c"),
  ]);
  expect(told).toEqual({
    key_revoked: [
      ["key:a", 2, at(60_000)],
      ["key:b", 1, null],
    ],
  });
});

test("a refused token names its caller by its subject, and a token that was renewed is the same caller's", async () => {
  const explanation = { presented: { method: "oauth", sub: "ann" }, expected: {}, fix: "" };
  const decision = { reason: "token_expired" as const, principal: null, grantId: null, explanation };
  const told = await callersOf([
    () => denied(90_000, "token_expired", null, { decision, kind: "invalid", method: null, tool: null }),
    () => allowed(60_000, "oauth:ann"),
    () => denied(50_000, "key_unknown", null),
  ]);
  expect(told).toEqual({ token_expired: [["oauth:ann", 1, at(60_000)]], key_unknown: [] });
});

test("who lists tools has no budget again, and another tool is not the one that a grant lacks", async () => {
  const ofBot = { agentId: "agt_1", source: "agent" as const };
  const told = await callersOf([
    () => denied(90_000, "budget_exceeded", "agent:agt_1", { ...ofBot, outcome: "budget_denied" }),
    () => allowed(80_000, "agent:agt_1", { ...ofBot, method: "tools/list", tool: null }),
    () => denied(90_000, "grant_missing_for_tool", "key:a", { outcome: "grant_denied", tool: "close" }),
    () => allowed(80_000, "key:a", { tool: "search" }),
  ]);
  expect(told).toEqual({
    budget_exceeded: [["agent:agt_1", 1, null]],
    grant_missing_for_tool: [["key:a", 1, null]],
  });
});

test("who is let through between refusals as well is told so", async () => {
  const told = await callersOf([
    () => denied(90_000, "token_audience_mismatch", "oauth:ann"),
    () => allowed(80_000, "oauth:ann"),
    () => denied(70_000, "token_audience_mismatch", "oauth:ann"),
    () => allowed(60_000, "oauth:ann"),
  ]);
  expect(told).toEqual({ token_audience_mismatch: [["oauth:ann", 2, at(60_000)]] });
  const decisions = collected((await own.evidence({ server: serverId })).gateway.decisions);
  expect(decisions[0]?.callers).toMatchObject([{ between: 1 }]);
});

test("of a stranger's server nothing is told", async () => {
  const told = await callersOf([() => denied(90_000, "key_revoked", "key:a")]);
  expect(told).toEqual({ key_revoked: [["key:a", 1, null]] });
  await expect(own.evidence({ server: serverId }, own.as("owner", "globex"))).rejects.toMatchObject({
    code: "not_found",
  });
});
