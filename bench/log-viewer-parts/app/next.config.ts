import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

/** A page with nothing but the log viewer, built like the product but never part of it. */
const config: NextConfig = {
  reactCompiler: true,
  agentRules: false,
  logging: false,
  poweredByHeader: false,
  allowedDevOrigins: ["127.0.0.1"],
  turbopack: { root: fileURLToPath(new URL("../../..", import.meta.url)) },
  typescript: { ignoreBuildErrors: true, tsconfigPath: "../../../tsconfig.json" },
};
export default config;
