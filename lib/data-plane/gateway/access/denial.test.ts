import { expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { denial } from "./denial.ts";

const explain = (presented: Record<string, unknown>) =>
  denial("token_issuer_mismatch", {
    code: "unauthenticated",
    message: "No.",
    presented,
    expected: {},
    fix: "Sign in.",
  }).explanation;

test("a claim that is nested as deep as a stranger likes is explained like any other", () => {
  let deep: unknown = "end";
  for (let level = 0; level < 100_000; level++) deep = level % 2 ? [deep] : { deep };
  expect(explain({ aud: deep, sub: [deep, "ada"] }).presented).toEqual({
    aud: ["(nested)"],
    sub: ["(nested)", "ada"],
  });
});

test("secrets are not kept, wherever they are", () => {
  const { presented } = explain({
    sub: "eyJhbGciOiJSUzI1NiJ9aaaa.eyJzdWIiOiJ4In0.c2ln",
    scope: [`mcpstack_gk_${"a".repeat(43)}`],
  });
  expect(presented).toEqual({ sub: "[secret]", scope: ["[secret]"] });
});

test("an explanation stays small", () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`k${at}`, Array(50).fill("x".repeat(500))]),
  );
  expect(JSON.stringify(explain(many)).length).toBeLessThanOrEqual(limits.gateways.explanationCharactersMax);
});
