import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AddressRefusedError, assertPublicAddress, createPinnedConnector, type ResolveAll } from "./index.ts";

let server: Server;
let port = 0;
let hits = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    hits++;
    response.end("reached");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const answering =
  (...answers: string[]): ResolveAll =>
  (_hostname, done) =>
    done(null, [{ address: answers.length > 1 ? (answers.shift() ?? "") : (answers[0] ?? ""), family: 4 }]);

async function get(url: string, options: Parameters<typeof createPinnedConnector>[0]): Promise<string> {
  const agent = new Agent({ connect: createPinnedConnector(options) });
  try {
    const { body } = await request(url, { dispatcher: agent });
    return await body.text();
  } finally {
    await agent.close();
  }
}

describe("createPinnedConnector", () => {
  it("refuses addresses written into the URL, in every notation a URL parser accepts", async () => {
    const before = hits;
    for (const host of ["127.0.0.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0", "127.1"]) {
      await expect(get(`http://${host}:${port}/`, {})).rejects.toThrow(AddressRefusedError);
    }
    expect(hits).toBe(before);
  });

  it("refuses a name that resolves to a private address", async () => {
    await expect(get(`http://rebind.example:${port}/`, { resolve: answering("127.0.0.1") })).rejects.toThrow(
      "rebind.example is this machine itself",
    );
  });

  it("does not ask twice: a name that changes its address after the check gains nothing", async () => {
    let asked = 0;
    const resolve: ResolveAll = (_hostname, done) => {
      asked++;
      done(null, [{ address: asked === 1 ? "192.0.2.1" : "127.0.0.1", family: 4 }]);
    };
    const before = hits;
    await expect(get(`http://rebind.example:${port}/`, { resolve })).rejects.toThrow(AddressRefusedError);
    expect([asked, hits]).toEqual([1, before]);
  });

  it("connects to private addresses for an operator who allows it, and to aliases always", async () => {
    expect(await get(`http://127.0.0.1:${port}/`, { allowPrivate: true })).toBe("reached");
    const aliases = { "tickets.internal": `127.0.0.1:${port}` };
    expect(await get("http://tickets.internal/", { aliases })).toBe("reached");
    expect(await get("http://TICKETS.internal./", { aliases })).toBe("reached");
    await expect(get(`http://127.0.0.1:${port}/`, { aliases })).rejects.toThrow(AddressRefusedError);
  });
});

describe("assertPublicAddress", () => {
  it("accepts public names and refuses private ones, addresses and other schemes", async () => {
    await assertPublicAddress("https://ok.example/", { resolve: answering("1.1.1.1") });
    await assertPublicAddress("https://8.8.8.8/");
    await expect(
      assertPublicAddress("https://no.example/", { resolve: answering("10.0.0.8") }),
    ).rejects.toThrow(AddressRefusedError);
    await expect(assertPublicAddress("http://169.254.169.254/latest")).rejects.toThrow(
      "cloud metadata service",
    );
    await expect(assertPublicAddress("ftp://ok.example/")).rejects.toThrow(TypeError);
  });
});
