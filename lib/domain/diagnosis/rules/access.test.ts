import { expect, test } from "vitest";
import type { Evidence } from "#lib/contract/index.ts";
import { denied } from "#lib/testing/diagnosis-cases/changes.ts";
import { evidenceOf } from "#lib/testing/diagnosis-cases/index.ts";
import { collected } from "#lib/testing/healthy-evidence.ts";
import { diagnose } from "../diagnose.ts";

/** An agent's keys expired at these minutes after 14:00, the latest first; it is turned away since 14:20. */
function sentenceOf(expired: Readonly<Record<string, number>>): string {
  const change = (evidence: Evidence): void => {
    denied("key_expired", 60, { caller: "agent:agt_1" })(evidence);
    evidence.gateway.keys = collected(
      Object.entries(expired).map(([name, minute]) => ({
        id: `key_${name}`,
        name,
        event: "expired" as const,
        at: `2026-11-20T14:${minute}:00.000Z`,
        ownerId: "agt_1",
      })),
    );
  };
  const { verdict } = diagnose(evidenceOf({ change }), { symptom: "auth_burst" });
  expect(verdict?.actions[0]?.targetId).toBe(`key_${Object.keys(expired)[0]}`);
  return verdict?.sentence ?? "";
}

test("the key that expired is told with its moment", () => {
  expect(sentenceOf({ night: 20 })).toMatch(
    /turned away since 14:20:00 UTC because their key has expired\. “night” expired at 14:20:00 UTC\.$/,
  );
});

test("a count that includes an earlier key says so: nobody is turned away for a key that is still good", () => {
  expect(sentenceOf({ night: 24, day: 20 })).toMatch(
    /“night” expired at 14:24:00 UTC, “day” expired at 14:20:00 UTC\.$/,
  );
  expect(sentenceOf({ night: 24 })).toMatch(/“night” expired at 14:24:00 UTC, others before\.$/);
  expect(sentenceOf({ night: 24, day: 22, week: 19 })).toMatch(
    /“day” expired at 14:22:00 UTC, others before\.$/,
  );
});
