import { expect, test } from "vitest";
import { PageQuery } from "./common.ts";

test.each(["0000-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "soon"])(
  "pages cannot be pinned to %s, which a database may not know",
  (asOf) => {
    expect(PageQuery.safeParse({ asOf }).success).toBe(false);
  },
);

test.each(["1970-01-01T00:00:00.000Z", "2026-03-01T12:00:00.000Z", "9998-12-31T23:59:59.999Z"])(
  "pages can be pinned to %s",
  (asOf) => {
    expect(PageQuery.parse({ asOf })).toMatchObject({ asOf });
  },
);
