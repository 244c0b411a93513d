import fc from "fast-check";
import { expect, it } from "vitest";
import type { RegionCheck } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type NodeRow, type Probe, regionHealth } from "./region-health.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const ago = (ms: number): Date => new Date(NOW - ms);

const node = (name: string, region: string, over: Partial<NodeRow> = {}): NodeRow => ({
  node: name,
  region,
  version: "0.1.0",
  startedAt: ago(3_600_000),
  heartbeatAt: ago(1_000),
  stoppedAt: null,
  ...over,
});
const silent = { heartbeatAt: ago(limits.nodes.silentMs + 1) };
const longSilent = { heartbeatAt: ago(limits.nodes.expectedMs + 1) };
const check = (region: string, name: string, status: RegionCheck["status"]): RegionCheck => ({
  region,
  node: name,
  status,
  durationMs: 12,
  steps: [
    { name: "dns", status: "passed", durationMs: 1, detail: "203.0.113.1", fix: "" },
    { name: "tls", status, durationMs: 1, detail: `tls ${status}`, fix: "" },
  ],
});
const probe = (regions: RegionCheck[], agoMs = 60_000): Probe => ({
  checkedAt: ago(agoMs).toISOString(),
  regions,
});
const healthOf = (nodes: NodeRow[], probes: Probe[] = [], changedAtMs: number | null = null) =>
  regionHealth({ nodes, probes, changedAtMs, nowMs: NOW });
const states = (...input: Parameters<typeof healthOf>) =>
  healthOf(...input).map(({ region, state }) => `${region}: ${state}`);

it("is unknown until probed, then what the last probe found", () => {
  const nodes = [node("e1", "eu"), node("u1", "us")];
  expect(states(nodes)).toEqual(["eu: unknown", "us: unknown"]);
  expect(states(nodes, [probe([check("eu", "e1", "passed"), check("us", "u1", "failed")])])).toEqual([
    "eu: healthy",
    "us: down",
  ]);
  expect(states([node("e1", "eu")], [probe([check("eu", "e1", "warned")])])).toEqual(["eu: degraded"]);
});

it("is degraded when one of several edges failed or fell silent", () => {
  const nodes = [node("e1", "eu"), node("e2", "eu")];
  expect(states(nodes, [probe([check("eu", "e1", "passed"), check("eu", "e2", "failed")])])).toEqual([
    "eu: degraded",
  ]);
  const oneSilent = [node("e1", "eu"), node("e2", "eu", silent)];
  expect(states(oneSilent, [probe([check("eu", "e1", "passed")])])).toEqual(["eu: degraded"]);
  expect(states(oneSilent)).toEqual(["eu: degraded"]);
});

it("is down without a living edge, whatever the last probe found", () => {
  const passed = [probe([check("eu", "e1", "passed")])];
  expect(states([node("e1", "eu", silent)], passed)).toEqual(["eu: down"]);
  expect(states([node("e1", "eu", longSilent)], passed)).toEqual(["eu: down"]);
  expect(states([node("e1", "eu", { stoppedAt: ago(1_000) })], passed)).toEqual(["eu: down"]);
});

it("forgets edges that nobody expects: those that ended in order, and those that others outlived", () => {
  expect(states([node("e1", "eu", { stoppedAt: ago(limits.nodes.expectedMs + 1) })])).toEqual([]);
  expect(
    healthOf([node("e1", "eu"), node("e0", "eu", longSilent)])[0]?.nodes.map(({ node }) => node),
  ).toEqual(["e1"]);
});

it("does not judge what serves now by a probe from before the last change, and still shows that probe", () => {
  const nodes = [node("e1", "eu")];
  const probes = [probe([check("eu", "e1", "failed")], 60_000)];
  expect(healthOf(nodes, probes, NOW - 30_000)).toMatchObject([
    { state: "unknown", lastProbe: { status: "failed", failedStep: "tls", detail: "tls failed" } },
  ]);
  expect(states(nodes, probes, NOW - 90_000)).toEqual(["eu: down"]);
});

it("finds the last probe of a region that the newest ones did not reach", () => {
  const probes = [
    probe([check("us", "u1", "passed")], 1_000),
    probe([check("eu", "e1", "passed"), check("us", "u1", "failed")], 60_000),
  ];
  expect(states([node("e1", "eu"), node("u1", "us")], probes)).toEqual(["eu: healthy", "us: healthy"]);
});

it("healthy always means: an edge lives, none is silent, and every edge that was probed passed", () => {
  const nodeRow = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    over: fc.constantFrom({}, silent, longSilent, { stoppedAt: ago(1_000) }),
  });
  const checked = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    status: fc.constantFrom("passed", "warned", "failed"),
  });
  fc.assert(
    fc.property(fc.array(nodeRow), fc.array(checked), (rows, checks) => {
      const [region] = healthOf(
        rows.map(({ name, over }) => node(name, "eu", over)),
        checks.length === 0 ? [] : [probe(checks.map(({ name, status }) => check("eu", name, status)))],
      );
      if (region?.state !== "healthy") return;
      expect(region.nodes.some(({ state }) => state === "live")).toBe(true);
      expect(region.nodes.every(({ state }) => state !== "silent")).toBe(true);
      expect(checks.length).toBeGreaterThan(0);
      expect(checks.every(({ status }) => status === "passed")).toBe(true);
    }),
  );
});
