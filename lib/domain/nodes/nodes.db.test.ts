import { afterAll, beforeAll, expect, test } from "vitest";
import type { System } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  type FakeClock,
  fakeClock,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { type EdgeNode, forgetOldNodes, listExpectedNodes, registerNode, stopNode } from "./index.ts";

let test_: TestDatabase;
let clock: FakeClock;
let system: System;
beforeAll(async () => {
  test_ = await testDatabase();
  clock = fakeClock();
  system = testSystem({ database: test_.database, clock });
});
afterAll(() => test_.close());

const edge = (node: string, region: string): EdgeNode => ({
  node,
  region,
  version: "0.1.0",
  controlAddress: `unix:/run/${node}.sock`,
  ownUrl: "http://127.0.0.1:3000",
  startedAtMs: clock.nowMs(),
});
const expected = async () =>
  (await listExpectedNodes(system)).map(({ node, isSilent }) => `${node} ${isSilent ? "silent" : "live"}`);

test("an edge is expected while it says that it lives, silent when it stops saying so, and in the end forgotten", async () => {
  const [one, two] = [edge("edge-1", "us"), edge("edge-2", "eu")];
  await registerNode(system, one);
  await registerNode(system, two);
  expect(await expected(), "by region").toEqual(["edge-2 live", "edge-1 live"]);
  clock.advance(limits.nodes.silentMs + 1);
  await registerNode(system, two);
  expect(await expected()).toEqual(["edge-2 live", "edge-1 silent"]);
  clock.advance(limits.nodes.expectedMs - 1);
  expect(await expected()).toEqual(["edge-2 silent"]);
  clock.advance(limits.nodes.forgetMs - limits.nodes.expectedMs + 1);
  expect(await forgetOldNodes(system)).toBe(1);
  await registerNode(system, one);
  expect(await expected(), "it comes back by itself").toEqual(["edge-1 live"]);
});

test("two edges of one name are noticed; one that came back at another address later is not two", async () => {
  const here = edge("edge-4", "eu");
  const there = { ...here, controlAddress: "http://10.0.0.2:7001" };
  expect(await registerNode(system, here)).toBe(null);
  expect(await registerNode(system, there)).toBe(here.controlAddress);
  clock.advance(limits.nodes.silentMs);
  expect(await registerNode(system, here)).toBe(null);
});

test("an edge that ended is not expected; one that took over its name meanwhile is left alone", async () => {
  const first = edge("edge-3", "eu");
  await registerNode(system, first);
  clock.advance(1_000);
  const second = edge("edge-3", "eu");
  await registerNode(system, second);
  await stopNode(system, first);
  expect(await expected()).toContain("edge-3 live");
  await stopNode(system, second);
  expect(await expected()).not.toContain("edge-3 live");
});
