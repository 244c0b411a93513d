import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { accessOf, type GrantCaller, type GrantRule } from "./grant-rules.ts";
import { compileToolPatterns } from "./tool-patterns.ts";

const grant = (id: string, over: Partial<GrantRule> = {}): GrantRule => ({
  id,
  subject: { kind: "everyone" },
  serverId: null,
  tools: ["*"],
  callsPerMinuteMax: null,
  concurrentMax: null,
  ...over,
});
const gateway = (...grants: GrantRule[]) => ({ grants });
const ANONYMOUS: GrantCaller = { kind: "anonymous", keyId: null, claims: null };
const keyHolder = (keyId: string): GrantCaller => ({ kind: "key", keyId, claims: null });
const agent = (agentId: string): GrantCaller => ({ kind: "agent", keyId: "key_a", agentId, claims: null });
const tokenHolder = (claims: Record<string, unknown>): GrantCaller => ({
  kind: "oauth",
  keyId: null,
  claims,
});

describe("grants", () => {
  it("deny what none of them allows", () => {
    const access = accessOf(gateway(), ANONYMOUS, "srv_a");
    expect(access.anyGrant).toBeNull();
    expect(access.grantOf("echo")).toBeNull();
    expect(access.toolFilter?.("echo")).toBe(false);
  });

  it("speak of their own subject only", () => {
    const entry = gateway(
      grant("g1", { subject: { kind: "key", keyId: "key_a" }, tools: ["a"] }),
      grant("g2", { subject: { kind: "oauth_subject", subject: "key_a" }, tools: ["b"] }),
      grant("g3", { subject: { kind: "agent", agentId: "agt_a" }, tools: ["c"] }),
      grant("g4", { subject: { kind: "oauth_claim", claim: "groups", value: "staff" }, tools: ["d"] }),
    );
    const toolsOf = (principal: GrantCaller) =>
      ["a", "b", "c", "d"].filter((tool) => accessOf(entry, principal, "srv").grantOf(tool));
    expect(toolsOf(keyHolder("key_a"))).toEqual(["a"]);
    expect(toolsOf(keyHolder("key_b"))).toEqual([]);
    expect(toolsOf(ANONYMOUS)).toEqual([]);
    expect(toolsOf(agent("agt_a"))).toEqual(["c"]);
    expect(toolsOf(agent("key_a"))).toEqual([]);
    expect(toolsOf(tokenHolder({ sub: "key_a" }))).toEqual(["b"]);
    expect(toolsOf(tokenHolder({ sub: "x", groups: ["staff", "b"] }))).toEqual(["d"]);
    expect(toolsOf(tokenHolder({ sub: "key_a", groups: "staff" }))).toEqual(["b", "d"]);
  });

  it.each([
    [{ groups: ["staff"] }, true],
    [{ groups: "staff" }, true],
    [{ groups: ["staffing"] }, false],
    [{ groups: "staff other" }, false],
    [{ groups: { staff: true } }, false],
    [{ groups: [["staff"]] }, false],
    [{ groups: null }, false],
    [{}, false],
  ])("of a claim look at %j: %j", (claims, isAllowed) => {
    const entry = gateway(grant("g", { subject: { kind: "oauth_claim", claim: "groups", value: "staff" } }));
    const access = accessOf(entry, tokenHolder({ sub: "x", ...claims }), "srv");
    expect(access.anyGrant !== null).toBe(isAllowed);
  });

  it.each([
    ["scope", "tools:call", { scope: "a tools:call b" }, true],
    ["scope", "tools", { scope: "a tools:call b" }, false],
    ["realm_access.roles", "admin", { realm_access: { roles: ["admin"] } }, true],
    ["https://example.com/role", "admin", { "https://example.com/role": "admin" }, true],
    ["__proto__.constructor", "x", {}, false],
    ["toString", "x", {}, false],
    ["level", "3", { level: 3 }, true],
    ["is_admin", "true", { is_admin: true }, true],
  ])("find the claim %s = %s in %j: %j", (claim, value, claims, isAllowed) => {
    const entry = gateway(grant("g", { subject: { kind: "oauth_claim", claim, value } }));
    expect(accessOf(entry, tokenHolder({ sub: "x", ...claims }), "srv").anyGrant !== null).toBe(isAllowed);
  });

  it("of one server say nothing about another", () => {
    const entry = gateway(grant("g", { serverId: "srv_a" }));
    expect(accessOf(entry, ANONYMOUS, "srv_a").anyGrant?.id).toBe("g");
    expect(accessOf(entry, ANONYMOUS, "srv_b").anyGrant).toBeNull();
  });

  it("that allow the same call: the most generous counts, then the oldest", () => {
    const entry = gateway(
      grant("g1", { callsPerMinuteMax: 5 }),
      grant("g2", { callsPerMinuteMax: 50, concurrentMax: 1 }),
      grant("g3", { callsPerMinuteMax: 50, concurrentMax: 9 }),
      grant("g5", { tools: ["free"] }),
      grant("g4", { tools: ["free"] }),
    );
    const access = accessOf(entry, ANONYMOUS, "srv");
    expect(access.grantOf("free")?.id).toBe("g4");
    expect(access.grantOf("other")?.id).toBe("g3");
  });

  it("filter nothing where one of them allows every tool", () => {
    const some = grant("g1", { tools: ["read_*"] });
    expect(accessOf(gateway(some, grant("g2")), ANONYMOUS, "srv").toolFilter).toBeNull();
    const { toolFilter } = accessOf(gateway(some), ANONYMOUS, "srv");
    expect(["read_a", "write_a"].map((tool) => toolFilter?.(tool))).toEqual([true, false]);
  });

  it("whose patterns match nothing let nobody call anything, but are grants", () => {
    const access = accessOf(gateway(grant("g", { tools: ["raed_*"] })), ANONYMOUS, "srv");
    expect(access.anyGrant?.id).toBe("g");
    expect(access.grantOf("read_a")).toBeNull();
    expect(access.toolFilter?.("read_a")).toBe(false);
  });

  it("allow exactly what a plain reading of every grant allows", () => {
    const tool = fc.constantFrom("read_order", "read_", "write_order", "*", "order");
    const pattern = fc.constantFrom("*", "read_*", "*_order", "read_order", "r*d_*r", "**", "nothing");
    const subject = fc.constantFrom<GrantRule["subject"]>(
      { kind: "everyone" },
      { kind: "key", keyId: "key_a" },
      { kind: "key", keyId: "key_b" },
      { kind: "agent", agentId: "agt_a" },
      { kind: "oauth_subject", subject: "ada" },
      { kind: "oauth_claim", claim: "groups", value: "staff" },
    );
    const entries = fc.array(
      fc.record({
        subject,
        serverId: fc.constantFrom(null, "srv_a", "srv_b"),
        tools: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        callsPerMinuteMax: fc.constantFrom(null, 1, 2),
        concurrentMax: fc.constantFrom(null, 1),
      }),
      { maxLength: 6 },
    );
    const caller = fc.constantFrom(
      ANONYMOUS,
      keyHolder("key_a"),
      agent("agt_a"),
      agent("agt_b"),
      tokenHolder({ sub: "ada" }),
      tokenHolder({ sub: "bob", groups: ["staff"] }),
    );
    fc.assert(
      fc.property(
        entries,
        caller,
        fc.constantFrom("srv_a", "srv_b"),
        tool,
        (made, principal, server, name) => {
          const grants = made.map((entry, index) => ({ ...entry, id: `g${index}` }));
          const allowing = grants.filter(
            (one) =>
              (one.serverId === null || one.serverId === server) &&
              speaksOf(one.subject, principal) &&
              one.tools.some((text) => plainMatch(text, name)),
          );
          const access = accessOf(gateway(...grants), principal, server);
          const found = access.grantOf(name);
          expect(found !== null).toBe(allowing.length > 0);
          if (found) expect(allowing.map((one) => one.id)).toContain(found.id);
          expect(access.toolFilter === null || access.toolFilter(name) === (found !== null)).toBe(true);
          if (access.toolFilter === null) expect(found).not.toBeNull();
        },
      ),
    );
  });
});

const speaksOf = (subject: GrantRule["subject"], { kind, keyId, agentId, claims }: GrantCaller): boolean => {
  switch (subject.kind) {
    case "everyone":
      return true;
    case "key":
      return kind === "key" && keyId === subject.keyId;
    case "oauth_subject":
      return claims?.sub === subject.subject;
    case "oauth_claim":
      return [claims?.[subject.claim]].flat().includes(subject.value);
    case "agent":
      return agentId === subject.agentId;
  }
};
const plainMatch = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll("*", "[^]*")}$`).test(name);

describe("tool patterns", () => {
  it("answer a name of any length at once, whatever the pattern", () => {
    const { matches } = compileToolPatterns([`${"*a".repeat(99)}*b`, "exact"]);
    const long = "a".repeat(4_000_000);
    expect(computingMs(() => expect(matches(long)).toBe(false))).toBeLessThan(5_000);
    expect(matches("exact")).toBe(true);
  });
});
