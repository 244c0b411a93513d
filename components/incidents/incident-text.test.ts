import { describe, expect, test } from "vitest";
import { causeText, incidentHref, pathHref } from "./incident-text.ts";

describe("where a diagnosis leads", () => {
  test("a path is shown below the organization, with or without its first slash", () => {
    expect(pathHref("acme", "/servers/support-api/logs?request=req_1")).toBe(
      "/acme/servers/support-api/logs?request=req_1",
    );
    expect(pathHref("acme", "agents/ag_1/budget")).toBe("/acme/agents/ag_1/budget");
  });

  test("no path leads to another site or runs a script", () => {
    for (const path of [
      "//evil.example",
      "\\\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
    ]) {
      const url = new URL(pathHref("acme", path), "https://stack.example");
      expect(url.origin).toBe("https://stack.example");
      expect(url.pathname).toMatch(/^\/acme\//);
    }
  });

  test("an incident is at its number", () => {
    expect(incidentHref("acme", 12, "/timeline")).toBe("/acme/incidents/12/timeline");
  });

  test("a cause that is not known yet is readable", () => {
    expect(causeText("upstream_auth")).toBe("upstream auth");
  });
});
