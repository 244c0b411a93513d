import { expect, test } from "vitest";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { SHARE_LENGTH_DEFAULT, SHARE_LENGTHS, stateOfShare } from "./share-words.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");

test("a link works until it ends, and not at that moment", () => {
  const share = { revokedAt: null, expiresAt: "2026-03-01T12:00:00.001Z" };
  expect(stateOfShare(share, NOW)).toBe("works");
  expect(stateOfShare(share, NOW + 1)).toBe("expired");
});

test("a link that was revoked is revoked, before and after its end", () => {
  const share = { revokedAt: "2026-03-01T11:00:00.000Z", expiresAt: "2026-03-02T00:00:00.000Z" };
  expect(stateOfShare(share, NOW)).toBe("revoked");
  expect(stateOfShare({ ...share, expiresAt: "2026-02-01T00:00:00.000Z" }, NOW)).toBe("revoked");
});

test("every length that is offered is allowed, and the default is the API's own", () => {
  for (const { value } of SHARE_LENGTHS) expect(Number(value)).toBeLessThanOrEqual(incidentLimits.shareMsMax);
  expect(Number(SHARE_LENGTH_DEFAULT)).toBe(incidentLimits.shareMsDefault);
});
