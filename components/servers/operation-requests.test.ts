import { describe, expect, it } from "vitest";
import { wayTo } from "./operation-requests.ts";

const version = (semver: string, publishedAt: string | null, active = false) => ({
  semver,
  publishedAt,
  active,
});
const AT = "2026-01-01T00:00:00.000Z";

describe("the way from the active version to another one", () => {
  const versions = [
    version("1.3.0", null),
    version("1.2.0", AT),
    version("1.1.0", AT, true),
    version("1.0.1", null),
    version("1.0.0", AT),
  ];

  it("is back only to what served before; everything else is published", () => {
    expect(wayTo(versions, "1.0.0")).toBe("rollback");
    expect(wayTo(versions, "1.0.1")).toBe("publish");
    expect(wayTo(versions, "1.2.0")).toBe("publish");
    expect(wayTo(versions, "1.3.0")).toBe("publish");
  });

  it("does not exist to what serves, or is not stored", () => {
    expect(wayTo(versions, "1.1.0")).toBeNull();
    expect(wayTo(versions, "9.9.9")).toBeNull();
    expect(wayTo([version("1.0.0", AT)], "1.0.0")).toBe("publish");
  });
});
