import { expect, test } from "vitest";
import { SYMPTOMS } from "#lib/contract/index.ts";
import { startHref } from "./start-href.ts";
import { SYMPTOM_ORDER } from "./symptoms.ts";

test("every symptom of the contract can be chosen", () => {
  expect([...SYMPTOM_ORDER].sort()).toEqual([...SYMPTOMS].sort());
});

test("a page leads to the form with what it knows, and only that", () => {
  expect(startHref("acme")).toBe("/acme/incidents/new");
  expect(startHref("acme", { server: "support-api", requestId: "req_1", origin: "log" })).toBe(
    "/acme/incidents/new?server=support-api&requestId=req_1&origin=log",
  );
});
