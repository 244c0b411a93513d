import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type Dispatcher, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { buildSupportApi } from "../../../samples/support-api/build.mjs";
import { createSupportUpstream, supportApiSample } from "../../../samples/support-api/sample.ts";
import type { ServerEntry } from "../directory/index.ts";
import { createHostingFixture, type HostingFixture, ids } from "./testing/hosting-fixture.ts";

const UPSTREAM_HOST = "tickets.sample.internal";
const API_KEY = "sample-key-1";
let host: HostingFixture;
let upstream: Server;
let server: ServerEntry;

beforeAll(async () => {
  upstream = createSupportUpstream({ apiKey: API_KEY, random: () => 0.1 });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  host = createHostingFixture({ egressHosts: { [UPSTREAM_HOST]: `127.0.0.1:${port}` } });
  const source = readFileSync(await buildSupportApi(join(host.root, "support-api.js")), "utf8");
  server = host.server(source, { SUPPORT_API_URL: `http://${UPSTREAM_HOST}`, SUPPORT_API_KEY: API_KEY });
});
afterAll(async () => {
  await host.close();
  await new Promise((resolve) => upstream.close(resolve));
});

/** A fetch that leases the runtime for each exchange, as the gateway does. */
function fetchThroughLease(): { fetch: typeof fetch; requestIds: string[] } {
  const requestIds: string[] = [];
  const through = async (_input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const requestId = ids.id("req");
    requestIds.push(requestId);
    const lease = await host.driver.lease(server, requestId);
    try {
      const headers = new Headers(init?.headers);
      headers.set("x-request-id", requestId);
      const response = await undiciFetch(`${lease.origin}${lease.path}`, {
        method: init?.method ?? "GET",
        headers: Object.fromEntries(headers),
        body: (init?.body as string | undefined) ?? null,
        dispatcher: lease.dispatcher as Dispatcher,
      });
      return new Response(
        await response.arrayBuffer().then((bytes) => (bytes.byteLength > 0 ? bytes : null)),
        {
          status: response.status,
          headers: Object.fromEntries(response.headers),
        },
      );
    } finally {
      lease.end();
    }
  };
  return { fetch: through as typeof fetch, requestIds };
}
const url = new URL("http://runtime/mcp");

describe("support-api", () => {
  it("lists its 14 tools and answers calls to a modern client", async () => {
    const { fetch } = fetchThroughLease();
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    const { tools } = await client.listTools();
    expect(tools).toHaveLength(supportApiSample.toolCount);
    expect(tools.find(({ name }) => name === "get_ticket")?.annotations).toMatchObject({
      readOnlyHint: true,
    });
    const found = await client.callTool({ name: "get_ticket", arguments: { ticketId: "T-1004" } });
    expect(found.structuredContent).toMatchObject({ ticket: { subject: "Charged twice for October" } });
    await client.close();
  });

  it("answers a legacy client, with failures that a model can read", async () => {
    const { fetch } = fetchThroughLease();
    const client = new LegacyClient({ name: "test", version: "1" });
    await client.connect(new LegacyTransport(url, { fetch }));
    expect((await client.listTools()).tools).toHaveLength(14);
    const missing = await client.callTool({ name: "get_ticket", arguments: { ticketId: "T-9" } });
    expect(missing).toMatchObject({ isError: true, content: [{ text: "There is no ticket T-9." }] });
    await client.close();
  });

  it("does what all its tools say", async () => {
    const { fetch } = fetchThroughLease();
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    const call = async (name: string, args: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: args });
      expect(result.isError, `${name}: ${JSON.stringify(result.content)}`).toBeFalsy();
      return result.structuredContent as Record<string, Record<string, unknown> & unknown[]>;
    };
    expect((await call("search_tickets", { status: "open", limit: 3 })).tickets).toHaveLength(3);
    const { ticket } = await call("create_ticket", {
      customerId: "C-203",
      subject: "The printer is on fire",
    });
    const ticketId = ticket?.id;
    await call("update_ticket", { ticketId, priority: "urgent" });
    await call("add_comment", { ticketId, text: "Please step away from the printer." });
    await call("assign_ticket", { ticketId, agentId: "A-2" });
    expect((await call("list_comments", { ticketId })).comments).toHaveLength(1);
    expect((await call("close_ticket", { ticketId, resolution: "It is out." })).ticket).toMatchObject({
      status: "closed",
      priority: "urgent",
      assigneeId: "A-2",
    });
    expect((await call("reopen_ticket", { ticketId, reason: "It burns again." })).ticket?.status).toBe(
      "open",
    );
    expect(
      (await call("refund_ticket", { ticketId: "T-1004", amountCents: 100, reason: "Twice" })).refund,
    ).toMatchObject({ refundedCents: 100 });
    expect((await call("list_agents", { team: "technical" })).agents).toHaveLength(2);
    expect((await call("get_customer", { customerId: "C-203" })).customer?.name).toBe("Paola Reyes");
    expect(
      (await call("search_knowledge_base", { query: "password reset" })).articles?.length,
    ).toBeGreaterThan(0);
    expect(await call("ticket_stats", {})).toHaveProperty("open");
    await client.close();
  });

  it("logs every call with the request that made it, and its upstream calls with theirs", async () => {
    const { fetch, requestIds } = fetchThroughLease();
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    await client.callTool({ name: "get_customer", arguments: { customerId: "C-204" } });
    const requestId = decodeId("req", requestIds.at(-1) ?? "");
    await client.close();
    await eventually(() => {
      const own = host.lines.filter((line) => line.requestId === requestId);
      expect(own.map(({ method }) => method)).toEqual(["info", "debug", "log"]);
    });
    expect(host.calls.find((call) => call.requestId === requestId)).toMatchObject({
      serverId: server.id,
      method: "GET",
      url: `http://${UPSTREAM_HOST}/customers/C-204`,
      httpStatus: 200,
      outcome: "ok",
    });
  });
});
