import { createHash, timingSafeEqual } from "node:crypto";
import type { BundleModules } from "#lib/domain/access/index.ts";
import { CANARY_ORGANIZATION } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type ServerDirectory, type ServerEntry, UNPRICED_PLAN } from "../directory/index.ts";
import type { Authorize } from "../log-stream/index.ts";

const SOURCE = `export default {
  async fetch(request) {
    const { prefix, lines } = await request.json();
    for (let n = 1; n <= lines; n++) console.log(prefix + n);
    return new Response("ok");
  },
};
`;
const SHA256 = createHash("sha256").update(SOURCE).digest("hex");

/** No server of an organization can have this slug: a slug holds letters, digits and hyphens only. */
const SLUG = "~canary";

/** The server that an edge runs for its canary. It belongs to no organization, so nobody but the edge can see it. */
export const canaryServer = (node: string): ServerEntry => ({
  id: `canary:${node}`,
  organizationId: CANARY_ORGANIZATION,
  organizationSlug: "canary",
  slug: SLUG,
  name: "Log canary",
  kind: "hosted",
  status: "active",
  directAccess: "off",
  retentionDays: 1,
  recordBodies: false,
  upstreamUrl: null,
  upstreamHeaders: {},
  gateway: null,
  version: { id: "ver_canary", semver: "1.0.0", sha256: SHA256 },
  revision: SHA256.slice(0, 32),
  environment: {},
  caps: {
    toolCallDurationMsMax: limits.canary.lostMs,
    requestBytesMax: limits.mcp.requestBytesMax,
    responseBytesMax: limits.mcp.responseBytesMax,
    viewersMax: limits.logStream.viewersPerServerMax,
  },
  plan: UNPRICED_PLAN,
});

/** The directory with the canary's server in it, for those parts that its lines pass. Lists do not name it. */
export function withCanary(directory: ServerDirectory, canary: ServerEntry): ServerDirectory {
  return {
    bySlug: (slug) => (slug === canary.slug ? canary : directory.bySlug(slug)),
    byId: (id) => (id === canary.id ? canary : directory.byId(id)),
    all: () => directory.all(),
    byPublicId: (publicId) => directory.byPublicId(publicId),
    gatewayById: (id) => directory.gatewayById(id),
    agentById: (id) => directory.agentById(id),
    keyByHash: (hash) => directory.keyByHash(hash),
    publishedVersion: (server, named) => directory.publishedVersion(server, named),
    onChange: (listener) => directory.onChange(listener),
    onAgentChange: (listener) => directory.onAgentChange(listener),
    get asOfMs() {
      return directory.asOfMs;
    },
  };
}

type LoadBundle = (organizationId: string, sha256: string) => Promise<BundleModules>;

/** Loads the canary's own code from here, everything else as before. */
export const loadingCanary =
  (load: LoadBundle): LoadBundle =>
  async (organizationId, sha256) =>
    organizationId === CANARY_ORGANIZATION && sha256 === SHA256
      ? { mainModule: "main.js", modules: { "main.js": SOURCE } }
      : load(organizationId, sha256);

/** What the canary presents to watch its own lines. */
export const canaryCredentials = (secret: string): { authorization: string } => ({
  authorization: `Canary ${createHash("sha256").update(`log canary ${secret}`).digest("hex")}`,
});

/** Lets the canary watch its own lines, and nobody else; for other streams `authorize` decides. */
export function canaryMayWatch(secret: string, authorize: Authorize): Authorize {
  const expected = Buffer.from(canaryCredentials(secret).authorization);
  return async (credentials, organizationId) => {
    const presented = Buffer.from(credentials.authorization ?? "");
    const isCanary = presented.length === expected.length && timingSafeEqual(presented, expected);
    if (isCanary && organizationId === CANARY_ORGANIZATION)
      return { kind: "allowed", name: "Log canary", expiresAtMs: null };
    return authorize(credentials, organizationId === CANARY_ORGANIZATION ? null : organizationId);
  };
}
