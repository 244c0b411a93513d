import { describe, expect, it } from "vitest";
import { isNarrowed, loadGatewayLogSearch, viewOf } from "./gateway-log-search.ts";

const load = (query: string) => loadGatewayLogSearch(new URLSearchParams(query));

describe("the address of a gateway's log", () => {
  it("is the last day without filters when it says nothing", () => {
    expect(viewOf(load(""))).toEqual({
      filter: { decision: "", server: "", principal: "", requestId: "" },
      windowMs: 86_400_000,
      from: null,
      to: null,
      page: 1,
      pageSize: 50,
      asOf: null,
    });
    expect(isNarrowed(load(""))).toBe(false);
  });

  it("carries every filter", () => {
    const search = load(
      "decision=token_expired&server=desk&principal=oauth:ada@acme.example&requestId=req_1&window=7d&page=2",
    );
    expect(viewOf(search)).toMatchObject({
      filter: {
        decision: "token_expired",
        server: "desk",
        principal: "oauth:ada@acme.example",
        requestId: "req_1",
      },
      page: 2,
    });
    expect(isNarrowed(search)).toBe(true);
    expect(viewOf(load("decision=denied")).filter.decision).toBe("denied");
    expect(viewOf(load("decision=allowed")).filter.decision).toBe("allowed");
  });

  it.each([
    "decision=perhaps",
    `server=${"s".repeat(65)}`,
    `principal=${"p".repeat(301)}`,
    `requestId=${"r".repeat(65)}`,
    "page=-1",
  ])("takes nonsense as absent: %s", (query) => {
    expect(isNarrowed(load(query))).toBe(false);
    expect(load(query).page).toBe(1);
  });
});
