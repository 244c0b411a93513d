import { describe, expect, test } from "vitest";
import { inputOf, localTextOf, type StartValues, valuesOf } from "./start-values.ts";

const nothing: StartValues = {
  symptom: null,
  server: "",
  agent: "",
  tool: "",
  client: "",
  requestId: "",
  at: "",
};
const from = { checkId: null, origin: "dashboard" } as const;

describe("what a walkthrough starts with", () => {
  test("a server alone is enough", () => {
    expect(inputOf({ ...nothing, server: "support-api" }, from)).toEqual({
      input: { server: "support-api", origin: "dashboard" },
    });
  });

  test("money and use can be asked about without a server, nothing else can", () => {
    expect(inputOf({ ...nothing, symptom: "credits_drop" }, from)).toHaveProperty("input");
    expect(inputOf({ ...nothing, symptom: "slow" }, from)).toEqual({
      wrong: { server: "Choose the server that it is about." },
    });
    expect(inputOf(nothing, from)).toHaveProperty("wrong.server");
  });

  test("a call that failed says by itself which server it was", () => {
    expect(inputOf({ ...nothing, requestId: "req_1" }, { checkId: null, origin: "log" })).toMatchObject({
      input: { requestId: "req_1", origin: "log" },
    });
  });

  test("a moment that is none is told at its field, never sent", () => {
    expect(inputOf({ ...nothing, server: "a", at: "yesterday-ish" }, from)).toHaveProperty("wrong.at");
  });

  test("a moment goes through the form in the reader's zone and comes out as it was", () => {
    const at = "2026-11-20T14:03:07.000Z";
    expect(inputOf({ ...nothing, server: "a", at: localTextOf(at) }, from)).toMatchObject({ input: { at } });
  });

  test("what the page before knew is filled in", () => {
    const search = {
      symptom: "call_fails",
      server: "support-api",
      agent: null,
      tool: "refund_ticket",
      client: null,
      requestId: null,
      checkId: "chk_1",
      at: null,
      origin: "check",
    } as const;
    expect(inputOf(valuesOf(search), search)).toEqual({
      input: {
        symptom: "call_fails",
        server: "support-api",
        tool: "refund_ticket",
        checkId: "chk_1",
        origin: "check",
      },
    });
  });
});
