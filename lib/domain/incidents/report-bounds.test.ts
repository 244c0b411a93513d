import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IncidentEvent } from "#lib/contract/index.ts";
import { boundedEvents } from "./incident-report.ts";
import { sharedRedactor } from "./redact-report.ts";

const event = (text: string, n: number): IncidentEvent => ({
  id: `iev_${n}`,
  kind: "note",
  at: "2026-03-01T12:00:00.000Z",
  actor: "Ann",
  text,
  stage: null,
  path: null,
});

describe("the events of a report", () => {
  test("are all there, or their beginning and how many more there are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 30 }), fc.nat(600), (lengths, charactersMax) => {
        const events = lengths.map((length, n) => event("x".repeat(length), n));
        const kept = boundedEvents(events, charactersMax).filter(({ kind }) => kind !== "left_out");
        const [note] = boundedEvents(events, charactersMax).slice(kept.length);
        expect(kept).toEqual(events.slice(0, kept.length));
        expect(kept.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(charactersMax);
        if (kept.length === events.length) expect(note).toBeUndefined();
        else
          expect(note?.text).toMatch(
            new RegExp(`^${events.length - kept.length} later events? (is|are) left out`),
          );
      }),
    );
  });
});

describe("addresses of people", () => {
  const redact = sharedRedactor("k");

  test("are taken out whole, also behind very long text", () => {
    expect(redact("ask ops@example.com, or <o'neil.x+y@mail.example.co.uk>")).toBe(
      "ask [e-mail], or <[e-mail]>",
    );
    expect(redact(`${"a.".repeat(500)}ops@example.com`)).toBe("[e-mail]");
    expect(redact("a@b @c d@ e@f.g.")).toBe("a@b @c d@ [e-mail].");
  });
});
