import { expect, test } from "vitest";
import { ExplainCreditsQuery } from "./billing.ts";
import { PageQuery } from "./common.ts";
import { UsageQuery } from "./usage.ts";

test.each(["0000-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "soon"])(
  "nothing is pinned to or asked up to %s, which a database may not know",
  (asOf) => {
    expect(PageQuery.safeParse({ asOf }).success).toBe(false);
    for (const schema of [UsageQuery, ExplainCreditsQuery])
      expect(schema.safeParse({ to: asOf }).success).toBe(false);
  },
);

test.each(["1970-01-01T00:00:00.000Z", "2026-03-01T12:00:00.000Z", "9998-12-31T23:59:59.999Z"])(
  "pages can be pinned to %s",
  (asOf) => {
    expect(PageQuery.parse({ asOf })).toMatchObject({ asOf });
  },
);
