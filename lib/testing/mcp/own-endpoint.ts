import { createMcpAdmin } from "#lib/http/mcp-admin/endpoint.ts";
import { ADMIN_TOOLS } from "#lib/http/mcp-admin/tools.ts";
import type { EdgeSite } from "../edge-site.ts";
import { bearer, testAuthSystem } from "../test-api.ts";
import { testSystem } from "../test-context.ts";
import { answerWithFetch } from "./fetch-handler.ts";
import { listenOnLoopback } from "./test-gateway.ts";

/** Scenarios of the official suites that judge any server; all others ask for tools and features of their own fixture. */
export const GENERAL_SCENARIOS: ReadonlySet<string> = new Set([
  "dns-rebinding-protection",
  "http-header-validation",
  "ping",
  "sep-2164-resource-not-found",
  "server-initialize",
  "server-sse-multiple-streams",
  "server-sse-polling",
  "tools-list",
]);

/** The product's own `/mcp-admin` for clients that cannot be told to send a token: it comes with every request. */
export async function startOwnEndpoint(site: EdgeSite): Promise<{ url: string; close(): Promise<void> }> {
  const system = testSystem({ database: site.database });
  const { authorization = "" } = await bearer(system, site.organization, ["logs:read", "usage:read"]);
  const answer = createMcpAdmin({
    system: testAuthSystem(system),
    tools: ADMIN_TOOLS,
    requestsPerActorMax: Number.MAX_SAFE_INTEGER,
  });
  const withToken = (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.set("authorization", authorization);
    return answer(new Request(request, { headers }));
  };
  const server = await listenOnLoopback((req, res) => void answerWithFetch(withToken, req, res));
  return { url: `${server.url}/mcp-admin`, close: server.close };
}
