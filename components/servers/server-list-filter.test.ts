import { describe, expect, it } from "vitest";
import type { ServerListItem } from "#lib/contract/index.ts";
import { viewOfServers } from "./server-list-filter.ts";

const server = (slug: string, more: Partial<ServerListItem> = {}): ServerListItem => ({
  id: `srv_${slug}`,
  slug,
  name: slug,
  description: "",
  kind: "hosted",
  status: "active",
  transport: "streamable-http",
  mcpUrl: `http://127.0.0.1/mcp/${slug}`,
  directUrl: `http://127.0.0.1/mcp/${slug}`,
  gateway: null,
  directAccess: "public",
  retentionDays: 7,
  recordBodies: false,
  upstreamUrl: null,
  activeVersion: null,
  toolCount: null,
  lastSmoke: null,
  owner: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  calls24h: 0,
  errorRate24h: null,
  p95Ms24h: null,
  ...more,
});
const everything = { text: "", status: "all", sort: "name", direction: "asc" } as const;
const slugs = (servers: ServerListItem[]) => servers.map(({ slug }) => slug);

describe("the list of servers", () => {
  it("finds a server by any of its names, all words needed", () => {
    const servers = [server("support-api", { description: "Tickets and refunds" }), server("billing-api")];
    expect(slugs(viewOfServers(servers, { ...everything, text: "API  refund" }))).toEqual(["support-api"]);
    expect(slugs(viewOfServers(servers, { ...everything, text: "srv_billing" }))).toEqual(["billing-api"]);
    expect(viewOfServers(servers, { ...everything, text: "nothing" })).toEqual([]);
  });

  it("keeps what is not known last in both directions, so that unknown never looks best or worst", () => {
    const servers = [
      server("a", { errorRate24h: null }),
      server("b", { errorRate24h: 0.2 }),
      server("c", { errorRate24h: 0 }),
    ];
    expect(slugs(viewOfServers(servers, { ...everything, sort: "errors" }))).toEqual(["c", "b", "a"]);
    expect(slugs(viewOfServers(servers, { ...everything, sort: "errors", direction: "desc" }))).toEqual([
      "b",
      "c",
      "a",
    ]);
  });

  it("does not change the list that it was given", () => {
    const servers = [server("b"), server("a")];
    viewOfServers(servers, everything);
    expect(slugs(servers)).toEqual(["b", "a"]);
  });
});
