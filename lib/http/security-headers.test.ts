import { expect, test } from "vitest";
import { pagePolicy, securityHeaders } from "./security-headers.ts";

const policyOf = (host: string | null, isDevelopment = false) =>
  new Map(
    pagePolicy({ nonce: "n0nce", host, isDevelopment })
      .split("; ")
      .map((directive) => [directive.split(" ")[0] ?? "", directive.split(" ").slice(1)] as const),
  );

test("scripts run by nonce only, nothing is framed, and no third party appears", () => {
  const policy = policyOf("mcp.example.com");
  expect(policy.get("script-src")).toEqual(["'self'", "'nonce-n0nce'", "'strict-dynamic'"]);
  expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
  expect(policy.get("base-uri")).toEqual(["'none'"]);
  expect(policy.get("connect-src")).toEqual(["'self'", "ws://mcp.example.com", "wss://mcp.example.com"]);
  const text = [...policy.values()].flat().join(" ");
  expect(text).not.toMatch(/https?:|\*/);
  expect(text).not.toContain("unsafe-eval");
  expect(policyOf("a", true).get("script-src")).toContain("'unsafe-eval'");
});

test("a Host header cannot add to the policy", () => {
  for (const host of ["evil.example; script-src *", "a b", "*", "a,b", "https://evil.example", "", null]) {
    expect(policyOf(host).get("connect-src"), String(host)).toEqual(["'self'"]);
  }
  expect(policyOf("[::1]:3000").get("connect-src")).toContain("ws://[::1]:3000");
});

test("strict transport security is promised only over https", () => {
  const names = (isHttps: boolean) => securityHeaders(isHttps).map(([name]) => name);
  expect(names(true)).toContain("strict-transport-security");
  expect(new Map(securityHeaders(true)).get("strict-transport-security")).not.toContain("includeSubDomains");
  expect(names(false)).not.toContain("strict-transport-security");
  expect(names(false)).toEqual(
    expect.arrayContaining([
      "x-content-type-options",
      "referrer-policy",
      "permissions-policy",
      "cross-origin-opener-policy",
    ]),
  );
});
