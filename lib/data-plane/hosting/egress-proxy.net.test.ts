import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { createHostingFixture, type HostingFixture, ids } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

let upstream: Server;
let host: HostingFixture;
let port = 0;
const seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      if (request.url === "/redirect") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      else if (request.url === "/large") response.end("x".repeat(70_000));
      else if (request.url === "/never") response.writeHead(200).write("first");
      else if (request.url === "/missing") response.writeHead(404).end("nothing here");
      else response.end("answer");
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  port = (upstream.address() as AddressInfo).port;
  host = createHostingFixture({
    egressHosts: { "desk.internal": `127.0.0.1:${port}`, "closed.internal": "127.0.0.1:1" },
    egressLimits: { responseBytesMax: 64_000, timeoutMs: 700, concurrentPerServerMax: 2 },
  });
});
afterAll(async () => {
  await host.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const fetching = (server: Parameters<HostingFixture["call"]>[0], url: string, requestId?: string) =>
  host.call(server, `/fetch?url=${encodeURIComponent(url)}`, requestId);

describe("egress of hosted code", () => {
  it("reaches what the operator named, without our headers, and is recorded with its request", async () => {
    const server = host.server(TENANT);
    const requestId = ids.id("req");
    expect((await fetching(server, "http://desk.internal/a?token=secret", requestId)).text).toBe(
      "200 answer",
    );
    const arrived = seen.at(-1);
    expect(arrived).toMatchObject({ method: "POST", url: "/a?token=secret", body: "hello" });
    expect(arrived?.headers.host).toBe("desk.internal");
    expect(Object.keys(arrived?.headers ?? {}).filter((name) => name.startsWith("x-mcpstack"))).toEqual([]);
    await eventually(() => expect(host.calls.some((call) => call.serverId === server.id)).toBe(true));
    expect(host.calls.find((call) => call.serverId === server.id)).toMatchObject({
      organizationId: host.organizationId,
      versionId: server.version?.id,
      requestId: decodeId("req", requestId),
      method: "POST",
      url: "http://desk.internal/a",
      httpStatus: 200,
      outcome: "ok",
      requestBytes: 5,
      responseBytes: 6,
    });
  });

  it("is refused on its way to private addresses, with a clear body and a line in the server's console", async () => {
    const server = host.server(TENANT);
    const before = seen.length;
    const corpus = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://2130706433:${port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "http://10.0.0.1/",
      "https://192.168.1.1/",
      "http://100.64.0.1/",
    ];
    for (const url of corpus) {
      expect((await fetching(server, url)).text, url).toMatch(/^403 egress refused: \S+ is .* not reachable/);
    }
    expect(seen).toHaveLength(before);
    await eventually(() => {
      const warnings = host.lines.filter(
        ({ serverId, method }) => serverId === server.id && method === "warn",
      );
      expect(warnings).toHaveLength(corpus.length);
      expect(warnings[5]?.message).toBe(
        "egress refused: 169.254.169.254 is a cloud metadata service, which is not reachable from here",
      );
      expect(warnings.every(({ requestId }) => requestId !== null)).toBe(true);
    });
    expect(host.calls.filter((call) => call.serverId === server.id).map(({ outcome }) => outcome)).toEqual(
      corpus.map(() => "refused"),
    );
  });

  it("does not follow redirects, so each hop is judged by itself", async () => {
    const server = host.server(TENANT);
    expect((await fetching(server, "http://desk.internal/redirect")).text).toBe("302 ");
  });

  it("passes errors of the upstream on, and says what it could not reach", async () => {
    const server = host.server(TENANT);
    expect((await fetching(server, "http://desk.internal/missing")).text).toBe("404 nothing here");
    expect((await fetching(server, "http://closed.internal/")).text).toMatch(
      /^502 egress failed: closed\.internal could not be reached \(ECONNREFUSED\)/,
    );
    expect((await fetching(server, "http://no-such-name.invalid/")).text).toMatch(
      /^502 egress failed: the name no-such-name\.invalid could not be resolved/,
    );
  });

  it("is bounded in bytes, time and calls at once", async () => {
    const server = host.server(TENANT);
    await fetching(server, "http://desk.internal/large");
    const never = fetching(server, "http://desk.internal/never");
    const alsoNever = fetching(server, "http://desk.internal/never");
    await eventually(() => expect(seen.filter(({ url }) => url === "/never")).toHaveLength(2));
    expect((await fetching(server, "http://desk.internal/a")).text).toMatch(
      /^429 egress refused: more than 2 calls/,
    );
    await Promise.all([never, alsoNever]);
    await eventually(() => {
      const outcomes = host.calls.filter((call) => call.serverId === server.id).map(({ outcome }) => outcome);
      expect(outcomes.toSorted()).toEqual(["refused", "timeout", "timeout", "too_large"]);
    });
    expect((await fetching(server, "http://desk.internal/a")).text).toBe("200 answer");
  });

  it("has no raw connections and no protocol upgrades", async () => {
    const server = host.server(TENANT);
    expect((await host.call(server, `/connect?address=desk.internal:${port}`)).text).toMatch(/^threw /);
    expect((await host.call(server, "/websocket?url=http://desk.internal/")).text).toMatch(/^(threw|403)/);
    await eventually(() => {
      expect(host.messages(server)).toContain(
        "egress refused: only HTTP requests may leave, no raw connections",
      );
      expect(host.messages(server)).toContain(
        "egress refused: only HTTP requests may leave, no protocol upgrades",
      );
    });
  });
});
