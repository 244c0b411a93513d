import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { headersForWeb } from "./forwarded-headers.ts";

const request = (headers: IncomingHttpHeaders) =>
  ({
    headers: { host: "mcp.example.com", ...headers },
    socket: { remoteAddress: "192.0.2.1" },
  }) as unknown as IncomingMessage;

test("the caller's proof against cross-site calls reaches the web process; what only we may say does not", () => {
  const headers = headersForWeb(
    request({
      "x-mcpstack-csrf": "1",
      "x-mcpstack-internal": "guess",
      "x-mcpstack-source": "smoke",
      "x-mcpstack-path": "//evil.example",
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-host": "evil.example",
      "x-real-ip": "6.6.6.6",
      cookie: "a=b",
    }),
    false,
  );
  expect(headers).toEqual({
    host: "mcp.example.com",
    cookie: "a=b",
    "x-mcpstack-csrf": "1",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "mcp.example.com",
  });
});
