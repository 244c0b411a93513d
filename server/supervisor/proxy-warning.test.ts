import { expect, it } from "vitest";
import { proxyWarning } from "./proxy-warning.ts";

it("warns exactly when a proxy is certain and its word about callers is not believed", () => {
  const warn = (publicUrl: string, trustProxy: boolean) => proxyWarning({ publicUrl, trustProxy });
  expect(warn("https://mcp.example.com", false)).toContain("MCPSTACK_TRUST_PROXY");
  expect(warn("https://mcp.example.com", true)).toBeNull();
  expect(warn("http://127.0.0.1:3000", false)).toBeNull();
});
