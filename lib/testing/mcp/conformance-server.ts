import type { IncomingMessage } from "node:http";
import {
  isLegacyRequest,
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";
import { createLegacyFixture } from "./conformance-legacy.ts";
import { createModernFixture } from "./conformance-modern.ts";
import { answerWithFetch } from "./fetch-handler.ts";
import { listenOnLoopback } from "./test-gateway.ts";

/** The server that the official conformance suite is run against: both eras at one URL, with everything it asks for. */
export async function startConformanceServer(): Promise<{ url: string; close(): Promise<void> }> {
  const legacy = createLegacyFixture();
  const modern = createModernFixture();
  const fetchHandler = async (request: Request): Promise<Response> =>
    (await isLegacyRequest(request)) ? legacy.fetch(request) : modern.fetch(request);
  const server = await listenOnLoopback((req, res) => {
    if (!isFromThisMachine(req)) {
      res.writeHead(403, { "content-type": "text/plain" });
      res.end("This server is for its own machine only.");
    } else void answerWithFetch(fetchHandler, req, res);
  });

  return {
    url: `${server.url}/mcp`,
    close: async () => {
      await Promise.all([legacy.close(), modern.close()]);
      await server.close();
    },
  };
}

/** A page of another origin that resolves to this machine has its own name in these headers. */
function isFromThisMachine({ headers }: IncomingMessage): boolean {
  const names = localhostAllowedHostnames();
  return validateHostHeader(headers.host, names).ok && validateOriginHeader(headers.origin, names).ok;
}
