import {
  Client as ModernClient,
  type OAuthClientProvider as ModernProvider,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import type { OAuthClientProvider as LegacyProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  gatewayEntry,
  grantEntry,
  type RealIssuer,
  startModernServer,
  startRealIssuer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
} from "#lib/testing/mcp/index.ts";

const PUBLIC_ID = "public-orders";
let issuer: RealIssuer;
let server: TestMcpServer;
let gateway: TestGateway;
let resource: string;

beforeAll(async () => {
  [issuer, server] = await Promise.all([startRealIssuer(), startModernServer()]);
  gateway = await startTestGateway({
    publicUrl: "own",
    runtimes: { orders: server.url },
    attached: { orders: { id: "gw_oauth", publicId: PUBLIC_ID } },
    gateways: [
      gatewayEntry("gw_oauth", {
        access: ["oauth"],
        oauth: { issuer: issuer.issuer, jwksUrl: null, audience: null, scopes: ["tools:call"] },
        grants: [
          grantEntry("grt_ada", { subject: { kind: "oauth_subject", subject: "user-ada" }, tools: ["echo"] }),
          grantEntry("grt_group", {
            subject: { kind: "oauth_claim", claim: "groups", value: "support" },
            tools: ["echo", "f*"],
          }),
        ],
      }),
    ],
  });
  resource = gateway.through(PUBLIC_ID);
});
beforeEach(() => {
  gateway.facts.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([issuer.close(), server.close()]);
});

/** What a client of either generation needs to sign in for the first time. */
function personAtTheBrowser() {
  const kept: { client?: unknown; tokens?: unknown; verifier?: string; url?: URL; found?: unknown } = {};
  const provider = {
    redirectUrl: "http://127.0.0.1:1/callback",
    clientMetadata: {
      client_name: "a test client",
      redirect_uris: ["http://127.0.0.1:1/callback"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    clientInformation: () => kept.client,
    saveClientInformation: (client: unknown) => {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens: unknown) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url: URL) => {
      kept.url = url;
    },
    saveCodeVerifier: (verifier: string) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? "",
    saveDiscoveryState: (found: unknown) => {
      kept.found = found;
    },
    discoveryState: () => kept.found,
  };
  return { kept, provider };
}

const GENERATIONS = {
  "the first SDK generation": () => {
    const { kept, provider } = personAtTheBrowser();
    const client = new LegacyClient({ name: "v1-client", version: "1.0.0" });
    const transport = () =>
      new LegacyTransport(new URL(resource), { authProvider: provider as unknown as LegacyProvider });
    return {
      kept,
      connect: async () => {
        const made = transport();
        return {
          finish: (answer: URLSearchParams) => made.finishAuth(answer.get("code") ?? ""),
          connected: client.connect(made as Parameters<typeof client.connect>[0]),
        };
      },
      client,
    };
  },
  "the second SDK generation": () => {
    const { kept, provider } = personAtTheBrowser();
    const client = new ModernClient(
      { name: "v2-client", version: "2.0.0" },
      { versionNegotiation: { mode: "auto" } },
    );
    return {
      kept,
      connect: async () => {
        const made = new ModernTransport(new URL(resource), {
          authProvider: provider as unknown as ModernProvider,
        });
        return {
          finish: (answer: URLSearchParams) => made.finishAuth(answer),
          connected: client.connect(made),
        };
      },
      client,
    };
  },
};

describe.each(Object.entries(GENERATIONS))("%s at an oauth gateway", (_name, start) => {
  it("finds the login from the 401 alone, signs in, and sees and calls only what is granted [ops.gateways.grants]", async () => {
    const { kept, connect, client } = start();
    const first = await connect();
    await expect(first.connected).rejects.toThrow(/unauthorized/i);
    expect(kept.url?.searchParams.get("resource")).toBe(resource);
    expect(kept.url?.searchParams.get("code_challenge_method")).toBe("S256");
    expect(kept.url?.searchParams.get("scope")).toContain("tools:call");
    await first.finish(await issuer.approve(kept.url as URL));
    const second = await connect();
    await second.connected;

    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name).sort()).toEqual(["echo", "fail"]);
    const echoed = await client.callTool({ name: "echo", arguments: { text: "hello" } });
    expect(echoed.content).toEqual([{ type: "text", text: "hello" }]);
    await expect(client.callTool({ name: "count", arguments: { to: 1 } })).rejects.toThrow(
      /may not call the tool count .*\(request req_/,
    );
    await client.close();

    const allowed = await gateway.fact((fact) => fact.tool === "echo");
    expect(allowed).toMatchObject({
      outcome: "ok",
      gatewayId: "gw_oauth",
      decision: { reason: "allowed", principal: "oauth:user-ada", explanation: null },
    });
    const denied = await gateway.fact((fact) => fact.tool === "count");
    expect(denied).toMatchObject({
      outcome: "grant_denied",
      httpStatus: 200,
      decision: { reason: "grant_missing_for_tool", principal: "oauth:user-ada" },
    });
    expect(JSON.stringify(gateway.facts)).not.toContain("eyJ");
    for (const { authorization } of server.seen) expect(authorization).toBeUndefined();
  });
});
