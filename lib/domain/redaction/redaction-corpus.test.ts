import { expect, test } from "vitest";
import {
  FORMS,
  generatedOrdinary,
  NAMES,
  ORDINARY,
  PLACES,
  TEXT_FORMS,
  TOKENS,
  VALUES,
} from "./redaction-corpus.ts";
import { createMark, createRedactor } from "./redactor.ts";

const redact = createRedactor([], createMark("a key of this test"));

/** Every line with a secret, and what nobody may see of it. */
function lines(): { line: string; secret: string }[] {
  const all: { line: string; secret: string }[] = [];
  for (const secret of Object.values(TOKENS)) {
    for (const place of PLACES) all.push({ line: place(secret), secret });
  }
  for (const name of NAMES) {
    for (const value of VALUES) {
      for (const form of FORMS) all.push({ line: form(name, value), secret: value });
      for (const form of TEXT_FORMS) {
        const line = form(name, value);
        all.push({ line, secret: line.includes(value) ? value : encodeURIComponent(value) });
      }
    }
  }
  return all;
}

test("at least 95 of 100 secrets are found, wherever programs log them", () => {
  const all = lines();
  const missed = all.filter(({ line, secret }) => redact(line).includes(secret));
  expect(all.length).toBeGreaterThan(3_000);
  expect(missed.map(({ line }) => line).slice(0, 20), "some of what was missed").toHaveLength(
    Math.min(20, Math.min(missed.length, Math.floor(all.length * 0.05))),
  );
  expect(1 - missed.length / all.length).toBeGreaterThanOrEqual(0.95);
});

test("no more than 1 of 100 ordinary lines is changed", () => {
  const all = [...ORDINARY, ...generatedOrdinary()];
  const changed = all.filter((line) => redact(line) !== line);
  expect(all.length).toBeGreaterThan(250);
  expect(changed.length / all.length, changed.join("\n")).toBeLessThanOrEqual(0.01);
});

test("JSON stays JSON, also where a secret was a list or an object", () => {
  for (const name of NAMES) {
    for (const form of FORMS.slice(0, 9)) {
      const line = form(name, "hunter2pw!");
      const json = line.slice(line.indexOf("{"));
      expect(() => JSON.parse(redact(json)), redact(json)).not.toThrow();
    }
  }
});
