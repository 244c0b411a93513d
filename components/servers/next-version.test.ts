import { describe, expect, it } from "vitest";
import { nextVersion } from "./next-version.ts";
import { slugOf } from "./slug-of.ts";

const versions = (...semvers: string[]) => semvers.map((semver) => ({ semver }));

describe("suggestions in forms", () => {
  it("suggests the version after the highest, whatever their order", () => {
    expect(nextVersion([])).toBe("1.0.0");
    expect(nextVersion(versions("1.9.0", "1.10.2", "1.2.99"))).toBe("1.10.3");
    expect(nextVersion(versions("2.0.0-beta.1", "1.4.2"))).toBe("2.0.1");
  });

  it("makes a slug that the API accepts, or an empty one", () => {
    expect(slugOf("Support API (EU)")).toBe("support-api-eu");
    expect(slugOf("  Größe & Ärger ")).toBe("gro-e-arger");
    expect(slugOf("***")).toBe("");
    expect(slugOf("x".repeat(80))).toHaveLength(63);
    expect(slugOf(`${"x".repeat(62)} y`)).not.toMatch(/-$/);
  });
});
