import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  reactCompiler: true,
  poweredByHeader: false,
  agentRules: false,
  // Our own request log says more, and never a query string.
  logging: false,
  serverExternalPackages: ["postgres", "undici", "pino", "@modelcontextprotocol/client"],
};
export default config;
