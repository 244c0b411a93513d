import type { LookupAddress } from "node:dns";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { HostingStep, RegionCheck } from "#lib/contract/index.ts";
import { createServerDirectory, type ServerEntry } from "#lib/data-plane/directory/index.ts";
import { createPinnedConnector, type ResolveAll } from "#lib/data-plane/network/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  INTERNAL_SECRET,
  serverEntry,
  startLegacyServer,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
} from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { testCertificates } from "#lib/testing/test-certificates.ts";
import { createHostingCheck, type ToolExpectations } from "./index.ts";

const DAY_MS = 86_400_000;
let modern: TestMcpServer;
let legacy: TestMcpServer;
let gateway: TestGateway;
let entries: ServerEntry[];
let hanging: { port: number; accepted: Socket[] };
let leases = 0;

/** Names of the test's own internet. Everything else does not exist. */
const NAMES: Readonly<Record<string, LookupAddress[]>> = {
  "upstream.example": [{ address: "127.0.0.1", family: 4 }],
  "mcp.example": [{ address: "127.0.0.1", family: 4 }],
  "other.example": [{ address: "127.0.0.1", family: 4 }],
  "internal.example": [{ address: "10.1.2.3", family: 4 }],
  "mixed.example": [
    { address: "203.0.114.7", family: 4 },
    { address: "10.1.2.3", family: 4 },
  ],
};
const resolve: ResolveAll = (name, done) => {
  const known = NAMES[name];
  if (known) done(null, known);
  else if (name === "slow.example") done(Object.assign(new Error("again"), { code: "EAI_AGAIN" }), []);
  else if (name !== "never.example")
    done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
};
const connected = (slug: string, upstreamUrl: string, over: Partial<ServerEntry> = {}): ServerEntry =>
  serverEntry(slug, { kind: "connected", version: null, upstreamUrl, ...over });

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
};
/** A TLS server that answers 404 to everything. */
async function startTls(cert: string): Promise<number> {
  const server = createHttpsServer({ key: testCertificates.key, cert }, (_req, res) =>
    res.writeHead(404).end(),
  );
  const port = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

beforeAll(async () => {
  [modern, legacy] = await Promise.all([startModernServer(), startLegacyServer()]);
  const accepted: Socket[] = [];
  const silent = createTcpServer((socket) => accepted.push(socket));
  hanging = { port: await listening(silent), accepted };
  entries = [
    connected("conn", modern.url),
    connected("hanging", `http://127.0.0.1:${hanging.port}/mcp`),
    connected("nobody-listens", "http://127.0.0.1:1/mcp"),
    connected("draft-conn", modern.url, { status: "draft" }),
    serverEntry("draft", { status: "draft", version: null }),
    serverEntry("inactive", { status: "inactive" }),
    serverEntry("off", { directAccess: "off" }),
    serverEntry("crashing"),
    serverEntry("unknown-here"),
  ];
  gateway = await startTestGateway({
    runtimes: { works: modern.url, old: legacy.url, off: modern.url },
    entries: entries.filter(({ slug }) => !["off", "unknown-here"].includes(slug)),
    connect: createPinnedConnector({ allowPrivate: true, resolve }),
  });
});
afterAll(async () => {
  await gateway.close();
  for (const socket of hanging.accepted) socket.destroy();
  await Promise.all([modern.close(), legacy.close()]);
});

interface CheckInput extends Partial<ToolExpectations> {
  publicUrl?: string;
  nowMs?: number;
  allowPrivate?: boolean;
  extra?: ServerEntry[];
  stepMs?: number;
  ownUrl?: string;
  lastExit?: { at: string; reason: string };
}

/** Checks a server as the edge of the test gateway. */
async function check(slug: string, input: CheckInput = {}): Promise<RegionCheck> {
  const extra = input.extra ?? [];
  const known = [...entries, serverEntry("works"), serverEntry("old")];
  const servers = [...known.filter(({ slug: one }) => !extra.some(({ slug }) => slug === one)), ...extra];
  const log = recordingLog();
  const directory = createServerDirectory({
    load: async () => ({ servers, gateways: [], agents: [], keys: new Map() }),
    loadVersion: async () => null,
    clock: systemClock,
    log,
  });
  await directory.refresh();
  onTestFinished(() => directory.close());
  const reach = { allowPrivate: input.allowPrivate ?? true, resolve };
  const run = createHostingCheck({
    directory,
    driver: {
      lease: async (server) => {
        if (server.slug === "crashing")
          throw new DomainError("runtime_failed", "The server is crash looping; the next attempt is in 9 s.");
        leases++;
        return {
          versionId: "ver_1",
          semver: "1.4.2",
          sha256: "00",
          end: () => leases--,
        } as unknown as Awaited<ReturnType<Parameters<typeof createHostingCheck>[0]["driver"]["lease"]>>;
      },
      status: () => ({
        state: "stopped",
        region: "eu",
        node: "edge-1",
        version: null,
        since: null,
        restarts: 0,
        inFlight: 0,
        residentBytes: null,
        cpuMs: null,
        lastExit: input.lastExit ?? null,
      }),
    },
    reach,
    connect: createPinnedConnector(reach),
    publicUrl: input.publicUrl ?? gateway.url,
    ownUrl: () => input.ownUrl ?? gateway.url,
    internalSecret: INTERNAL_SECRET,
    region: "eu",
    node: "edge-1",
    clock: { ...systemClock, nowMs: () => input.nowMs ?? systemClock.nowMs() },
    ids: createIdSource(),
    log,
    authorities: [testCertificates.authority],
    times: { hostingStepTimeoutMs: input.stepMs ?? 10_000 },
  });
  const result = await run(`srv_${slug}`, {
    expectedTools: input.expectedTools ?? [],
    requireBothEras: input.requireBothEras ?? false,
  });
  expect(log.entries.filter(({ level }) => level === "error")).toEqual([]);
  return result;
}
const statuses = ({ steps }: RegionCheck) => steps.map(({ name, status }) => `${name} ${status}`);
const stepOf = ({ steps }: RegionCheck, name: HostingStep["name"]): HostingStep => {
  const found = steps.find((step) => step.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
};

describe("a server that works", () => {
  it("passes every step on a hosted server, and says what it found in each", async () => {
    const result = await check("works");
    expect(result).toMatchObject({ region: "eu", node: "edge-1", status: "passed" });
    expect(statuses(result)).toEqual([
      "dns passed",
      "tls skipped",
      "routing passed",
      "runtime passed",
      "tools/list passed",
    ]);
    expect(stepOf(result, "dns").detail).toContain("127.0.0.1 is an address");
    expect(stepOf(result, "routing").detail).toMatch(/\/mcp\/works reaches this server \(request req_\w+\)/);
    expect(stepOf(result, "runtime").detail).toMatch(/^Version 1\.4\.2 started in \d+ ms\.$/);
    expect(stepOf(result, "tools/list").detail).toMatch(/^3 tools in both eras: 2026-07-28 in \d+ ms and /);
    expect(result.steps.every(({ fix }) => fix === "")).toBe(true);
    expect(result.durationMs).toBeGreaterThan(0);
    expect(leases).toBe(0);
  });

  it("passes on a connected server, whose private address is not shown", async () => {
    const result = await check("conn");
    expect(statuses(result)).toEqual([
      "dns passed",
      "tls skipped",
      "routing passed",
      "runtime passed",
      "tools/list passed",
    ]);
    const named = connected("named", modern.url.replace("127.0.0.1", "upstream.example"));
    const { detail } = stepOf(await check("named", { extra: [named] }), "dns");
    expect(detail).toBe("upstream.example → 1 private address (not shown)");
  });

  it("leaves no call of a caller behind: all of its traffic is our own", async () => {
    const before = gateway.facts.length;
    await check("works");
    const sources = new Set(gateway.facts.slice(before).map(({ source }) => source));
    expect([...sources]).toEqual(["smoke"]);
  });

  it("takes one era for enough, unless the owner demands both", async () => {
    const one = await check("old");
    expect(one.status).toBe("passed");
    expect(stepOf(one, "tools/list").detail).toContain("It does not speak the modern era.");
    const both = await check("old", { requireBothEras: true });
    expect(both.status).toBe("failed");
    expect(stepOf(both, "tools/list").detail).toContain("demand both");
  });

  it("fails without a tool that the owner expects", async () => {
    expect((await check("works", { expectedTools: ["echo"] })).status).toBe("passed");
    const result = await check("works", { expectedTools: ["echo", "refund"] });
    expect(stepOf(result, "tools/list")).toMatchObject({ status: "failed" });
    expect(stepOf(result, "tools/list").detail).toContain("does not name refund");
  });
});

describe("names", () => {
  it.each([
    ["gone.example", "gone.example does not resolve (ENOTFOUND)."],
    ["slow.example", "slow.example could not be resolved just now (EAI_AGAIN)."],
  ])("says why %s does not resolve, and skips what needs the name", async (name, detail) => {
    const extra = [connected("conn", `https://${name}/mcp`)];
    const result = await check("conn", { extra });
    expect(statuses(result)).toEqual([
      "dns failed",
      "tls skipped",
      "routing passed",
      "runtime skipped",
      "tools/list skipped",
    ]);
    expect(stepOf(result, "dns").detail).toBe(detail);
    expect(stepOf(result, "runtime").detail).toBe("Needs dns, which failed.");
    expect(result.steps.filter(({ status }) => status === "failed").every(({ fix }) => fix !== "")).toBe(
      true,
    );
  });

  it("gives up on a resolver that never answers", async () => {
    const extra = [connected("conn", "https://never.example/mcp")];
    expect(stepOf(await check("conn", { extra, stepMs: 200 }), "dns")).toMatchObject({
      status: "failed",
      detail: "No result within 0.2 s.",
    });
  });

  it("refuses an upstream in a private network and does not tell its address; shows only the public ones", async () => {
    const extra = [
      connected("inside", "http://internal.example/mcp"),
      connected("mixed", "http://mixed.example/mcp"),
    ];
    const refused = stepOf(await check("inside", { extra, allowPrivate: false }), "dns");
    expect(refused).toMatchObject({ status: "failed", detail: expect.stringContaining("a private network") });
    expect(JSON.stringify(refused)).not.toContain("10.1.2.3");
    const mixed = await check("mixed", { extra, stepMs: 300 });
    expect(stepOf(mixed, "dns").detail).toBe("mixed.example → 203.0.114.7, 1 private address (not shown)");
  });

  it("a public name that does not resolve fails, and the edge's own steps still tell how the server is", async () => {
    const result = await check("works", { publicUrl: "https://gone.example" });
    expect(statuses(result)).toEqual([
      "dns failed",
      "tls skipped",
      "routing passed",
      "runtime passed",
      "tools/list passed",
    ]);
  });
});

describe("certificates", () => {
  const tlsOf = async (cert: string, input: CheckInput & { name?: string } = {}): Promise<HostingStep> => {
    const port = await startTls(cert);
    return stepOf(
      await check("works", { ...input, publicUrl: `https://${input.name ?? "mcp.example"}:${port}` }),
      "tls",
    );
  };

  it("passes a trusted one and says for whom, by whom and until when", async () => {
    const tls = await tlsOf(testCertificates.trusted);
    expect(tls.status).toBe("passed");
    expect(tls.detail).toMatch(
      /^TLSv1\.3; for upstream\.example, mcp\.example; issued by Test Authority; expires 2099-12-31, in \d+ days$/,
    );
  });

  it("warns when it expires soon", async () => {
    const tls = await tlsOf(testCertificates.trusted, { nowMs: testCertificates.expiresMs - 3 * DAY_MS });
    expect(tls).toMatchObject({
      status: "warned",
      detail: expect.stringContaining("in 3 days"),
      fix: /Renew/,
    });
  });

  it.each([
    [
      "expired",
      testCertificates.trusted,
      { nowMs: testCertificates.expiresMs + DAY_MS },
      "expired on 2099-12-31",
    ],
    ["signed by itself", testCertificates.selfSigned, {}, "is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"],
    [
      "for another name",
      testCertificates.trusted,
      { name: "other.example" },
      "is for upstream.example, mcp.example, not for other.example",
    ],
  ])("fails when it is %s", async (_why, cert, input, detail) => {
    const tls = await tlsOf(cert, input);
    expect(tls).toMatchObject({ status: "failed", detail: expect.stringContaining(detail) });
    expect(tls.fix).not.toBe("");
  });

  it("fails when nothing or something else listens there", async () => {
    const nobody = stepOf(await check("works", { publicUrl: "https://mcp.example:1" }), "tls");
    expect(nobody).toMatchObject({ status: "failed", detail: expect.stringContaining("refused") });
    const silent = await check("works", { publicUrl: `https://mcp.example:${hanging.port}`, stepMs: 400 });
    expect(stepOf(silent, "tls")).toMatchObject({ status: "failed", detail: "No result within 0.4 s." });
    const plain = await check("works", {
      publicUrl: gateway.url.replace("http:", "https:").replace("127.0.0.1", "mcp.example"),
    });
    expect(stepOf(plain, "tls").status).toBe("failed");
  });

  it("warns of plain HTTP where it leaves the machine, and of secret headers on it", async () => {
    const result = await check("works", { publicUrl: gateway.url.replace("127.0.0.1", "mcp.example") });
    expect(stepOf(result, "tls")).toMatchObject({
      status: "warned",
      detail: expect.stringContaining("unencrypted"),
    });
    const extra = [connected("secret", modern.url, { upstreamHeaders: { authorization: "Bearer s3cret" } })];
    const secret = await check("secret", { extra });
    expect(stepOf(secret, "tls")).toMatchObject({
      status: "warned",
      detail: expect.stringContaining("secret headers"),
    });
    expect(JSON.stringify(secret)).not.toContain("s3cret");
  });
});

describe("routing", () => {
  it.each([
    ["draft", "draft", "Upload a version and publish it."],
    ["draft-conn", "draft", "Activate it on its Hosting page."],
    ["inactive", "inactive", "Activate it on its Hosting page."],
  ])("fails on %s and says what to do; nothing is started", async (slug, why, fix) => {
    const result = await check(slug);
    expect(stepOf(result, "routing")).toMatchObject({
      status: "failed",
      detail: expect.stringContaining(why),
      fix,
    });
    expect(stepOf(result, "tools/list")).toMatchObject({
      status: "skipped",
      detail: "Needs routing, which failed.",
    });
    expect(result.status).toBe("failed");
  });

  it("warns when nobody can call the server", async () => {
    expect(stepOf(await check("off"), "routing")).toMatchObject({
      status: "warned",
      detail: expect.stringContaining("nobody can call it"),
    });
  });

  it("fails when this edge or its gateway does not know the server, and when something else answers", async () => {
    expect(stepOf(await check("nowhere"), "routing").detail).toBe("This edge does not know the server.");
    expect(stepOf(await check("unknown-here"), "routing").detail).toContain(
      "The gateway knows no server at /mcp/unknown-here",
    );
    const strange = await check("works", { ownUrl: new URL(legacy.url).origin });
    expect(stepOf(strange, "routing").detail).toContain("Something else than the gateway answered");
    const away = await check("works", { ownUrl: "http://127.0.0.1:1" });
    expect(stepOf(away, "routing").detail).toContain("does not answer at its own address");
  });
});

describe("runtimes and upstreams", () => {
  it("fails on a crash loop with the reason of the last end, and skips what needs it", async () => {
    const lastExit = { at: "2026-03-01T12:00:00.000Z", reason: "It used too much memory." };
    const result = await check("crashing", { lastExit });
    expect(stepOf(result, "runtime")).toMatchObject({
      status: "failed",
      detail:
        "The server is crash looping; the next attempt is in 9 s. Last ended 2026-03-01T12:00:00.000Z: It used too much memory.",
    });
    expect(stepOf(result, "tools/list").status).toBe("skipped");
  });

  it("warns of a runtime that runs again after it ended a moment ago", async () => {
    const lastExit = {
      at: new Date(systemClock.nowMs() - 1_000).toISOString(),
      reason: "It computed too long.",
    };
    expect(stepOf(await check("works", { lastExit }), "runtime")).toMatchObject({
      status: "warned",
      detail: expect.stringMatching(/: It computed too long\.$/),
    });
  });

  it("gives up on an upstream that accepts the connection and says nothing", async () => {
    const result = await check("hanging", { stepMs: 400 });
    expect(stepOf(result, "runtime")).toMatchObject({
      status: "failed",
      detail: expect.stringMatching(/within 0\.4 s|in time/),
    });
    expect(stepOf(result, "tools/list").status).toBe("skipped");
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it("says that nothing listens at the upstream", async () => {
    expect(stepOf(await check("nobody-listens"), "runtime")).toMatchObject({
      status: "failed",
      detail: expect.stringContaining("refused"),
    });
  });
});
