import { mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, type RequestListener, request, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { recordingLog } from "#lib/testing/index.ts";
import { openRequest, rawRequest, responseOf } from "#lib/testing/mcp/index.ts";
import { createFrontDoor, createReadiness, createWebProxy } from "./index.ts";

let directory: string;
let webSocketPath: string;
let web: Server | null;
let closeDoor: () => Promise<void>;
let port: number;
const url = (target: string): string => `http://127.0.0.1:${port}${target}`;

async function openDoor(options: { allowUpgrade?: boolean; trustProxy?: boolean } = {}): Promise<void> {
  const log = recordingLog();
  const proxy = createWebProxy({
    webSocketPath,
    trustProxy: options.trustProxy ?? false,
    allowUpgrade: options.allowUpgrade ?? false,
    ids: createIdSource(),
    log,
  });
  const door = createFrontDoor({
    mcp: (req, res) => {
      if (!req.url?.startsWith("/mcp/")) return false;
      res.end("mcp");
      return true;
    },
    logStream: () => false,
    metrics: () => false,
    webhooks: () => false,
    web: proxy,
    ready: createReadiness({}, systemClock),
    log,
  });
  port = await door.listen(0, "127.0.0.1");
  closeDoor = () => door.close(100);
}

async function startWeb(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(webSocketPath, resolve));
  web = server;
  return server;
}

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-door-"));
  webSocketPath = path.join(directory, "web.sock");
  web = null;
});
afterEach(async () => {
  await closeDoor();
  web?.closeAllConnections();
  await new Promise((resolve) => (web ? web.close(resolve) : resolve(null)));
  await rm(directory, { recursive: true, force: true });
});

/** Sends bytes as they are and answers what comes back until the connection ends. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });

describe("the front door", () => {
  it("keeps answering MCP while the web process is away", async () => {
    await openDoor();
    expect((await rawRequest(url("/mcp/x"), { method: "GET" })).text).toBe("mcp");
    expect((await rawRequest(url("/"), { method: "GET" })).status).toBe(503);
  });

  it("answers the next request of a connection whose large body was refused unread", async () => {
    await openDoor();
    await startWeb((req, res) => {
      res.writeHead(req.method === "POST" ? 413 : 200, { "content-length": 0 }).end();
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (method: string, body: Buffer): Promise<[number | undefined, number | undefined]> =>
      new Promise((resolve, reject) => {
        const req = request(url("/api/v1/x"), { agent, method });
        req.once("error", reject).once("response", (res) => {
          const { localPort } = res.socket;
          res.resume().once("end", () => resolve([res.statusCode, localPort]));
        });
        req.end(body);
      });
    const [refused, connection] = await send("POST", Buffer.alloc(5 * 1024 * 1024));
    expect(refused).toBe(413);
    expect(await send("GET", Buffer.alloc(0))).toEqual([200, connection]);
    agent.destroy();
  });

  it("refuses an address that is no text before the web process fails on it", async () => {
    await openDoor();
    await startWeb((_req, res) => res.end());
    for (const target of ["/api/v1/me/%ED%A0%80", "/%", "/acme/%ff?x=1"])
      expect((await rawRequest(url(target), { method: "GET" })).status, target).toBe(400);
    expect((await rawRequest(url("/%F0%9F%98%80?x=%"), { method: "GET" })).status).toBe(200);
  });

  it("answers 502 when the web process ends in the middle, and breaks an answer that had begun", async () => {
    await openDoor();
    await startWeb((req, res) => {
      if (req.url === "/half") res.write("half");
      setImmediate(() => res.destroy());
    });
    expect((await rawRequest(url("/api/v1/x"), { body: "{}" })).status).toBe(502);
    await expect(rawRequest(url("/half"), { method: "GET" })).rejects.toThrow();
  });

  it("streams an answer as it comes, and tells the web process when the client leaves", async () => {
    await openDoor();
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    await startWeb((_req, res) => {
      res.write("first");
      res.on("close", left);
    });
    const req = openRequest(url("/stream"), { method: "GET" });
    req.end();
    const res = await responseOf(req);
    const [chunk] = await Promise.all([new Promise((resolve) => res.once("data", resolve))]);
    expect(String(chunk)).toBe("first");
    res.on("error", () => undefined);
    req.on("error", () => undefined);
    req.destroy();
    await gone;
  });

  it("believes a proxy's word about the caller only when told to, and then only its last", async () => {
    await openDoor({ trustProxy: true });
    await startWeb((req, res) => res.end(JSON.stringify(req.headers)));
    const answer = await rawRequest(url("/"), {
      method: "GET",
      headers: {
        "x-forwarded-for": "6.6.6.6, 10.1.1.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "mcp.example.com",
      },
    });
    expect(answer.json<Record<string, string>>()).toMatchObject({
      "x-forwarded-for": "10.1.1.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "mcp.example.com",
    });
  });

  it("passes an upgrade to the development server both ways, and to nobody in production", async () => {
    await openDoor({ allowUpgrade: true });
    const server = await startWeb((_req, res) => res.end());
    server.on("upgrade", (_req, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
      socket.pipe(socket);
    });
    const upgrade = (): Promise<string> =>
      new Promise((resolve) => {
        const req = request(url("/_next/hmr"), { headers: { connection: "Upgrade", upgrade: "echo" } });
        req.on("upgrade", (_res, socket) => {
          socket.write("hello");
          socket.once("data", (chunk: Buffer) => {
            socket.destroy();
            resolve(chunk.toString("utf8"));
          });
        });
        req.on("response", (res) => {
          res.resume();
          resolve(`refused ${res.statusCode}`);
        });
        req.end();
      });
    expect(await upgrade()).toBe("hello");
    await closeDoor();
    await openDoor({ allowUpgrade: false });
    expect(await upgrade()).toBe("refused 404");
  });

  it.each(["/mcp/x", "/gateway/public-orders/mcp"])(
    "lets go of a refused upgrade of %s whose peer never closes its end",
    async (path) => {
      await openDoor();
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      const answers: string[] = [];
      socket.on("data", (chunk) => answers.push(chunk.toString("latin1")));
      socket.on("error", () => undefined);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
      // Only a peer that lets go refuses what is written to it.
      const writing = setInterval(() => socket.write("x"), 20);
      await closed;
      clearInterval(writing);
      expect(answers.join("")).toContain("HTTP/1.1 400");
    },
  );

  it("asks again only what changes nothing when a kept connection breaks", async () => {
    await openDoor();
    const seen: string[] = [];
    await startWeb((req, res) => {
      seen.push(`${req.method} ${req.url}`);
      if (req.url === "/first") res.end("kept");
      else req.socket.destroy();
    });
    await rawRequest(url("/first"), { method: "GET" });
    expect((await rawRequest(url("/activate"), { method: "POST" })).status).toBe(502);
    expect(seen.filter((line) => line === "POST /activate")).toHaveLength(1);
  });

  it.each([
    ["nonsense", "hello\r\n\r\n", "400"],
    ["two lengths", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "400"],
    [
      "length and chunks",
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "400",
    ],
    ["a header of 20 KiB", `GET / HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`, "431"],
    ["no host", "GET / HTTP/1.1\r\nconnection: close\r\n\r\n", "400"],
    [
      "another site's URL",
      "GET http://evil.example/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "400",
    ],
    ["a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nhost: x\r\n\r\n", "405"],
  ])("refuses %s", async (_name, text, status) => {
    await openDoor();
    expect((await raw(text)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect((await rawRequest(url("/health"), { method: "GET" })).status).toBe(200);
  });
});
