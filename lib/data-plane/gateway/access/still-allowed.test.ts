import { expect, it } from "vitest";
import type { GatewayEntry, ServerDirectory, ServerEntry } from "#lib/data-plane/directory/index.ts";
import { gatewayEntry, serverEntry } from "#lib/testing/mcp/index.ts";
import { principalOfToken } from "./principals.ts";
import { isStillAllowed } from "./still-allowed.ts";

const NOW_MS = 1_800_000_000_000;
const ISSUER = "https://login.example.com";
const URL = "https://mcp.example.com/gateway/public-1/mcp";
const OAUTH = { issuer: ISSUER, jwksUrl: null, audience: null, scopes: ["read"] };

const server = serverEntry("orders", { gateway: { id: "gw_a", publicId: "public-1" } });
const gateway = gatewayEntry("gw_a", { access: ["oauth"], oauth: OAUTH });
const principal = principalOfToken(ISSUER, "ada", {
  iss: ISSUER,
  sub: "ada",
  aud: URL,
  scope: "read",
  exp: NOW_MS / 1000 + 600,
});

const isAllowed = (now: {
  server?: Partial<ServerEntry>;
  gateway?: Partial<GatewayEntry>;
  atMs?: number;
}) => {
  const directory = {
    byId: () => ({ ...server, ...now.server }),
    gatewayById: () => ({ ...gateway, ...now.gateway }),
  } as unknown as ServerDirectory;
  const known = { directory, publicUrl: "https://mcp.example.com" };
  return isStillAllowed({ server, gateway, principal }, known, now.atMs ?? NOW_MS);
};

it("lets the holder of a token stay while its token would open the door again", () => {
  expect(isAllowed({})).toBe(true);
  expect(isAllowed({ gateway: { name: "Renamed", oauth: { ...OAUTH, audience: URL } } })).toBe(true);
});

it.each([
  ["another audience", { gateway: { oauth: { ...OAUTH, audience: "https://other.example.com" } } }],
  ["one more scope", { gateway: { oauth: { ...OAUTH, scopes: ["read", "write"] } } }],
  ["another issuer", { gateway: { oauth: { ...OAUTH, issuer: "https://other.example.com" } } }],
  ["no tokens at all", { gateway: { access: ["public" as const], oauth: null } }],
  ["another public URL", { server: { gateway: { id: "gw_a", publicId: "public-2" } } }],
  ["no grant", { gateway: { grants: [] } }],
  ["a later hour", { atMs: NOW_MS + 3_600_000 }],
])("lets it go with %s", (_what, now) => {
  expect(isAllowed(now)).toBe(false);
});
