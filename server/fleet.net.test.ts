import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edgeNodes } from "#drizzle/schema/index.ts";
import { type Config, loadConfig } from "#lib/config/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { runHostingCheck } from "#lib/domain/checks/index.ts";
import {
  getDeployment,
  getOperation,
  publishVersion,
  restartServer,
  rollbackVersion,
  runOperationWorker,
  uploadVersion,
} from "#lib/domain/deployments/index.ts";
import { attachServer, createGateway, detachServer } from "#lib/domain/gateways/index.ts";
import { getHostingHealth } from "#lib/domain/health/index.ts";
import { listExpectedNodes } from "#lib/domain/nodes/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createFleetControl, type FleetControl } from "#lib/edge-control/fleet-control.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import { namedVersion, underLoad } from "#lib/testing/deploy-under-load.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { createTenants, type TestDatabase, testCtx, testDatabase, testSystem } from "#lib/testing/index.ts";
import { rawRequest, toolCall } from "#lib/testing/mcp/index.ts";
import { type RunningEdge, startEdge } from "./edge.ts";

/** Two edges of two regions on one machine and one database, and one worker. */
let stored: TestDatabase;
let directory: string;
let edges: { config: Config; edge: RunningEdge }[];
let fleet: FleetControl;
let system: System;
let ctx: Ctx;
const stopping = new AbortController();
let worker: Promise<void>;

beforeAll(async () => {
  stored = await testDatabase();
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-fleet-"));
  const secrets = {
    MCPSTACK_SECRET_AUTH: "a".repeat(64),
    MCPSTACK_SECRET_ENCRYPTION: "b".repeat(64),
    MCPSTACK_SECRET_INTERNAL: "c".repeat(64),
  };
  edges = await Promise.all(
    ["eu", "us"].map(async (region) => {
      const fromEnvironment = loadConfig({
        DATABASE_URL: stored.url,
        MCPSTACK_DATA_DIR: path.join(directory, region),
        MCPSTACK_REGION: region,
        MCPSTACK_NODE: `edge-${region}`,
        MCPSTACK_LOG_LEVEL: "error",
        NODE_ENV: "production",
        ...secrets,
      });
      // One is reached over its unix socket, the other over a port, as from another machine.
      const controlListen = region === "us" ? { host: "127.0.0.1", port: 0 } : null;
      const config = { ...fromEnvironment, port: 0, controlListen };
      return { config, edge: await startEdge(config) };
    }),
  );
  const box = createSealedBox(edges[0]?.config.secrets.encryption ?? new Uint8Array());
  fleet = createFleetControl({
    nodes: () => listExpectedNodes({ database: stored.database, clock: systemClock }),
    internalSecret: secrets.MCPSTACK_SECRET_INTERNAL,
    fallback: {
      node: "none",
      region: "none",
      controlAddress: `unix:${directory}/none.sock`,
      isSilent: false,
    },
  });
  system = testSystem({
    database: stored.database,
    clock: systemClock,
    doors: { seal: box.seal, unseal: box.unseal, runtime: fleet },
  });
  const { acme } = await createTenants(stored.database);
  ctx = testCtx(system, acme, "owner");
  for (const slug of ["named", "hanging"]) await createServer(ctx, { kind: "hosted", name: slug, slug });
  worker = runOperationWorker(system, stopping.signal);
});
afterAll(async () => {
  stopping.abort();
  await worker;
  await fleet.close();
  await Promise.all(edges.map(({ edge }) => edge.close()));
  await stored.close();
  await rm(directory, { recursive: true, force: true });
});

const urls = (slug: string): string[] => edges.map(({ edge }) => `http://127.0.0.1:${edge.port}/mcp/${slug}`);
const upload = (server: string, version: string, source: string) =>
  uploadVersion(ctx, {
    server,
    version,
    contentType: "text/javascript",
    body: new TextEncoder().encode(source),
  });
/** The operation once it has ended. */
async function ended(queued: Promise<{ id: string; serverId: string }>) {
  const { id, serverId } = await queued;
  return eventually(async () => {
    const operation = await getOperation(ctx, { server: serverId, operation: id });
    expect(operation.finishedAt).not.toBeNull();
    return operation;
  });
}
const publish = (server: string, version: string) => ended(publishVersion(ctx, { server, version }));

describe("two edges of two regions", () => {
  it("make themselves known, with where each is reached", async () => {
    await eventually(async () =>
      expect(await listExpectedNodes(system)).toMatchObject([
        { node: "edge-eu", region: "eu", controlAddress: expect.stringMatching(/^unix:/), isSilent: false },
        { node: "edge-us", region: "us", controlAddress: expect.stringMatching(/^http:/), isSilent: false },
      ]),
    );
    // The list of edges is reused for a moment: it may still be one from before both were there.
    await eventually(async () => expect((await fleet.status("srv_x")).length).toBe(2));
  });

  it("each try a version, and both serve it once it is published", async () => {
    await upload("named", "1.0.0", namedVersion("one"));
    const operation = await publish("named", "1.0.0");
    expect(operation).toMatchObject({ state: "succeeded", error: null });
    expect(operation.steps[0]?.detail).toMatch(/^Started in eu in \d+ ms, us in \d+ ms$/);
    expect(operation.steps[2]).toMatchObject({ name: "tools/list modern", state: "skipped" });
    for (const url of urls("named"))
      expect((await rawRequest(url, { body: toolCall(1, "echo", {}) })).text).toContain("one");
    const { runtime } = await getDeployment(ctx, { server: "named" });
    expect(runtime).toMatchObject([
      { region: "eu", node: "edge-eu", state: "running", version: "1.0.0" },
      { region: "us", node: "edge-us", state: "running", version: "1.0.0" },
    ]);
  });

  it("publish, roll back and restart under real calls, and none of them fails; meanwhile a version that hangs is refused within its bounds, and a second operation is told about the first", async () => {
    const hanging =
      "export default { fetch: () => new Promise((resolve) => setTimeout(resolve, 3_600_000)) };";
    await upload("hanging", "1.0.0", hanging);
    const refused = publish("hanging", "1.0.0");
    await expect(rollbackVersion(ctx, { server: "hanging" })).rejects.toMatchObject({ code: "conflict" });
    for (const version of ["2.0.0", "3.0.0", "4.0.0"]) await upload("named", version, namedVersion(version));
    const seen = await underLoad(urls("named"), 4, async () => {
      for (const version of ["2.0.0", "3.0.0", "4.0.0"])
        expect(await publish("named", version)).toMatchObject({ state: "succeeded" });
      expect(await ended(restartServer(ctx, { server: "named" }))).toMatchObject({ state: "succeeded" });
      expect(await ended(rollbackVersion(ctx, { server: "named" }))).toMatchObject({ version: "3.0.0" });
    });
    expect(seen.failures).toEqual([]);
    expect(seen.calls).toBeGreaterThan(20);
    expect([...seen.answers.keys()]).toEqual(expect.arrayContaining(["2.0.0", "3.0.0", "4.0.0"]));
    expect(await refused).toMatchObject({
      state: "failed",
      error: expect.stringMatching(/^In (eu|us): The server did not finish within 20 s/),
    });
  });

  it("each pass a hosting check of the server, and their regions are healthy [ops.checks.rest]", async () => {
    const check = await runHostingCheck(ctx, { server: "named" });
    expect(check).toMatchObject({ server: "named", status: "passed", error: null });
    expect(check.regions.map(({ region, node }) => `${region} ${node}`)).toEqual([
      "eu edge-eu",
      "us edge-us",
    ]);
    for (const { steps } of check.regions) {
      expect(steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
        "dns passed",
        "tls skipped",
        "routing passed",
        "runtime passed",
        "tools/list passed",
      ]);
      expect(steps[3]?.detail).toContain("Version 3.0.0");
    }
    expect(await getHostingHealth(ctx, { server: "named" })).toMatchObject({
      regions: [
        { region: "eu", state: "healthy", nodes: [{ node: "edge-eu", state: "live" }] },
        { region: "us", state: "healthy", nodes: [{ node: "edge-us", state: "live" }] },
      ],
      crashes: [],
    });
    const draft = await runHostingCheck(ctx, { server: "hanging" });
    expect(draft.status).toBe("failed");
    expect(draft.regions[1]?.steps[2]).toMatchObject({
      status: "failed",
      fix: "Upload a version and publish it.",
    });
  });

  it("find a server behind its gateway", async () => {
    const { id } = await createGateway(ctx, { name: "Front", access: ["key"] });
    const { publicId } = await attachServer(ctx, { server: "named", gatewayId: id });
    const { regions } = await runHostingCheck(ctx, { server: "named" });
    for (const { status, steps } of regions) {
      expect(status).toBe("passed");
      expect(steps[2]?.detail).toMatch(
        new RegExp(
          `/gateway/${publicId}/mcp reaches this server \\(request req_\\w+\\) through the gateway Front`,
        ),
      );
    }
    await detachServer(ctx, { server: "named" });
  });

  it("go on without one that died: its state is unknown, and a publish reaches the others", async () => {
    await stored.database.db.insert(edgeNodes).values({
      node: "edge-gone",
      region: "ap",
      version: "0",
      controlAddress: `unix:${directory}/gone.sock`,
      ownUrl: "http://127.0.0.1:9",
      heartbeatAt: new Date(),
    });
    await eventually(async () =>
      expect((await fleet.status("srv_x")).map(({ node, state }) => `${node} ${state}`)).toEqual([
        "edge-gone unknown",
        "edge-eu stopped",
        "edge-us stopped",
      ]),
    );
    const { regions } = await runHostingCheck(ctx, { server: "named" });
    expect(regions.map(({ region, status }) => `${region} ${status}`)).toEqual([
      "ap failed",
      "eu passed",
      "us passed",
    ]);
    expect(regions[0]?.steps[2]).toMatchObject({ name: "routing", status: "failed" });

    const silent = { heartbeatAt: new Date(Date.now() - limits.nodes.silentMs - 1_000) };
    await stored.database.db.update(edgeNodes).set(silent).where(eq(edgeNodes.node, "edge-gone"));
    await stored.database.db.insert(edgeNodes).values({
      node: "edge-eu-before",
      region: "eu",
      version: "0",
      controlAddress: `unix:${directory}/before.sock`,
      ownUrl: "http://127.0.0.1:9",
      ...silent,
    });
    await eventually(async () => expect(await fleet.status("srv_x")).toHaveLength(4));
    const later = await runHostingCheck(ctx, { server: "named" });
    expect(
      later.regions.map(({ node, status }) => `${node} ${status}`),
      "a region that fell silent fails; an edge that others stand in for does not",
    ).toEqual(["edge-gone failed", "edge-eu passed", "edge-us passed"]);
    await upload("named", "5.0.0", namedVersion("5.0.0"));
    expect(await publish("named", "5.0.0")).toMatchObject({ state: "succeeded" });
    for (const url of urls("named"))
      expect((await rawRequest(url, { body: toolCall(1, "echo", {}) })).text).toContain("5.0.0");
  });

  it("are not asked under the name of another, and say when they end", async () => {
    const [eu] = await listExpectedNodes(system).then((nodes) =>
      nodes.filter(({ region }) => region === "eu"),
    );
    const misled = createFleetControl({
      nodes: async () => [
        {
          ...eu,
          node: "somebody-else",
          region: "eu",
          controlAddress: eu?.controlAddress ?? "",
          isSilent: false,
        },
      ],
      internalSecret: "c".repeat(64),
      fallback: { node: "none", region: "none", controlAddress: "unix:/nowhere", isSilent: false },
    });
    expect(await misled.status("srv_x")).toMatchObject([{ node: "somebody-else", state: "unknown" }]);
    await misled.close();
    await edges[1]?.edge.close();
    const [row] = await stored.database.db.select().from(edgeNodes).where(eq(edgeNodes.node, "edge-us"));
    expect(row?.stoppedAt).not.toBe(null);
  });
});
