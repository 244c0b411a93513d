import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  reactCompiler: true,
  poweredByHeader: false,
  agentRules: false,
  // `npm run types` is the gate; a build on a user's machine need not check types again.
  typescript: { ignoreBuildErrors: true },
  // Our own request log says more, and never a query string.
  logging: false,
  serverExternalPackages: [
    "postgres",
    "undici",
    "pino",
    "@modelcontextprotocol/client",
    "@modelcontextprotocol/server",
  ],
  // Browsers ask for it where no page told them of an icon, and would get the page of an organization of that name.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  experimental: {
    // Fewer, larger files compress better: 4 KiB less for a first visit.
    turbopackChunking: { minChunkSize: 200_000, firstPageLoadPriority: 0.9 },
  },
};
export default config;
