import { fileURLToPath } from "node:url";

/** What the product needs to know of the sample server. The bundle exists after `node samples/support-api/build.mjs`. */
export const supportApiSample = {
  slug: "support-api",
  name: "Support desk",
  description:
    "A small ticket desk: 14 tools over a small API, logs at every level. A sample to look at and to break.",
  semver: "1.0.0",
  bundlePath: fileURLToPath(new URL("./dist/support-api.js", import.meta.url)),
  bundleMediaType: "application/javascript",
  toolCount: 14,
} as const;
export { createSupportUpstream, type SupportUpstreamOptions } from "./upstream/upstream.ts";
