import { describe, expect, it } from "vitest";
import { safeCallbackPath, signInUrl } from "./sign-in-url.ts";

describe("the way back after signing in", () => {
  it("keeps a path of this site with its query", () => {
    expect(safeCallbackPath("/acme/servers?q=support#top")).toBe("/acme/servers?q=support#top");
    expect(signInUrl("/acme?x=1&y=2")).toBe("/sign-in?callbackUrl=%2Facme%3Fx%3D1%26y%3D2");
    expect(signInUrl("/")).toBe("/sign-in");
  });

  it("never leads to another site", () => {
    const foreign = [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "javascript:alert(1)",
      "/\t/evil.example",
      "/\n/evil.example",
      "evil.example",
      "",
      null,
      undefined,
    ];
    for (const text of foreign) expect(safeCallbackPath(text)).toBe("/");
    expect(safeCallbackPath("/..//evil.example")).not.toMatch(/^\/\//);
  });
});
