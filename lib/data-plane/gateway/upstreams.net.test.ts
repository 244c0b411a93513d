import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPinnedConnector } from "#lib/data-plane/network/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  openRequest,
  rawRequest,
  responseOf,
  type ScriptedUpstream,
  serverEntry,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";

const SECRET = "Bearer secret-of-the-upstream";
const MIB = 1024 * 1024;
/** Many times what sockets on the way may hold. */
const PASSED_BYTES = 320 * MIB;
/** Looks in a row, a moment apart, at which nothing more was taken: it has stopped. */
const STILL_LOOKS = 10;
const nextLook = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({
    entries: [
      serverEntry("remote", {
        kind: "connected",
        version: null,
        upstreamUrl: upstream.url,
        upstreamHeaders: {
          authorization: SECRET,
          "x-region": "eu",
          "transfer-encoding": "gzip",
          "content-length": "1",
          host: "elsewhere.example",
          "x-request-id": "theirs",
          "mcp-session-id": "fixed",
        },
      }),
    ],
  });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

describe("headers that the owner set for the upstream", () => {
  it("go up instead of the caller's, but frame no message and replace nothing of ours", async () => {
    const headers = { authorization: "Bearer of-the-caller", "x-region": "us", "x-other": "kept" };
    const pending = rawRequest(gateway.mcp("remote"), { body: toolCall(1), headers });
    const { req, res, body } = await upstream.next();
    expect(req.headers).toMatchObject({ authorization: SECRET, "x-region": "eu", "x-other": "kept" });
    expect(req.headers["x-request-id"]).toMatch(/^req_/);
    expect(req.headers["mcp-session-id"]).toBeUndefined();
    expect(req.headers.host).toBe(new URL(upstream.url).host);
    expect(JSON.parse(body)).toEqual(toolCall(1));
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(toolResult(1)));
    const answer = await pending;
    expect(JSON.stringify([answer, gateway.facts, gateway.log])).not.toContain("secret-of-the-upstream");
  });

  it("that the upstream does not accept become an error of ours, which starts no login at the client", async () => {
    const pending = rawRequest(gateway.mcp("remote"), { body: toolCall(1) });
    const { res } = await upstream.next();
    res.writeHead(401, { "www-authenticate": 'Bearer resource_metadata="https://login.example"' });
    res.end(`the token ${SECRET} is wrong`);
    const answer = await pending;
    expect(answer.status).toBe(200);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    expect(answer.json().error.message).toMatch(/refused our request with HTTP 401/);
    expect(JSON.stringify([answer, gateway.facts, gateway.log])).not.toContain("secret-of-the-upstream");
  });
});

describe("an answer that is compressed although nobody asked for it", () => {
  it("becomes an error: what nobody here can read is neither passed on nor taken for an answer", async () => {
    const pending = rawRequest(gateway.mcp("remote"), { body: toolCall(1) });
    const { res } = await upstream.next();
    res.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    res.end(gzipSync(JSON.stringify(toolResult(1))));
    const answer = await pending;
    expect(answer.text).toContain("turn off compression");
    expect((await gateway.fact((item) => item.tool === "echo")).outcome).toBe("upstream_error");
  });
});

describe("an upstream whose name leads inside", () => {
  it("is not connected to, also when the name changed after it was checked, and its address is not told", async () => {
    let connections = 0;
    const inside = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    const { port } = inside.address() as { port: number };
    const answers = ["10.1.2.3", "127.0.0.1", "169.254.169.254", "fd00::1", "::ffff:127.0.0.1"];
    const own = await startTestGateway({
      entries: [
        serverEntry("moved", {
          kind: "connected",
          version: null,
          upstreamUrl: `http://rebound.example:${port}/mcp`,
        }),
      ],
      connect: createPinnedConnector({
        resolve: (_name, done) => {
          const address = answers.shift() ?? "127.0.0.1";
          done(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
        },
      }),
    });
    for (const address of [...answers]) {
      const answer = await rawRequest(own.mcp("moved"), { body: toolCall(1) });
      expect(answer.json().error.message).toMatch(/may not be reached/);
      expect(answer.text).not.toContain(address);
    }
    expect(connections).toBe(0);
    await own.close();
    inside.close();
  });

  it("is not reached by a redirect either: the second request is never made", async () => {
    const inside = await startScriptedUpstream();
    const pending = rawRequest(gateway.mcp("remote"), { body: toolCall(1) });
    (await upstream.next()).res.writeHead(307, { location: inside.url }).end();
    const answer = await pending;
    expect(answer.headers.location).toBeUndefined();
    expect(answer.json().error.message).toMatch(/redirect.*not followed/);
    await inside.close();
  });
});

describe("an event stream without end", () => {
  /** Writes events as fast as they are taken, until the stream is closed. Answers how many bytes were taken so far. */
  function flood(res: ServerResponse, event: Buffer): () => number {
    let bytes = 0;
    const fill = (): void => {
      while (!res.destroyed) {
        bytes += event.length;
        if (res.write(event)) continue;
        res.once("drain", fill);
        return;
      }
    };
    fill();
    return () => bytes;
  }

  it("waits for a client that does not read, and then passes whole", async () => {
    const req = openRequest(gateway.mcp("remote"), {
      method: "GET",
      headers: { accept: "text/event-stream" },
    });
    const response = responseOf(req);
    req.end();
    const { res } = await upstream.next();
    res.writeHead(200, { "content-type": "text/event-stream" });
    const event = Buffer.from(
      `event: message\ndata: {"jsonrpc":"2.0","method":"x","params":"${"y".repeat(MIB / 16)}"}\n\n`,
    );
    const taken = flood(res, event);
    const answer = await response;
    // What two connections hold in their kernels' buffers, and little more, is taken; then nothing any more.
    let seen = -1;
    for (let still = 0; still < STILL_LOOKS; still = taken() === seen ? still + 1 : 0) {
      seen = taken();
      await nextLook();
    }
    expect(seen).toBeLessThan(PASSED_BYTES / 4);
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > PASSED_BYTES) break;
    }
    req.destroy();
    expect((await gateway.fact((fact) => fact.kind === "listen")).outcome).toBe("ok");
  });

  it("as the answer of a call is cut at its cap, and the upstream is left", async () => {
    const pending = rawRequest(gateway.mcp("remote"), { body: toolCall(1) });
    const { res, closed } = await upstream.next();
    res.writeHead(200, { "content-type": "text/event-stream" });
    flood(res, Buffer.from(`: ${"y".repeat(MIB)}\n\n`));
    await closed;
    const { text } = await pending;
    expect(text.length).toBeLessThan(limits.mcp.responseBytesMax + 2 * MIB);
    expect(text.slice(-1_000)).toContain("larger than");
    expect((await gateway.fact(() => true)).outcome).toBe("too_large");
  });
});
