import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BundleModules } from "#lib/domain/access/index.ts";
import { createBundleCache } from "./bundle-cache.ts";
import { memoryLog } from "./testing/hosting-fixture.ts";

const SHA = "a".repeat(64);
const bundle: BundleModules = {
  mainModule: "main.js",
  modules: { "a/b.txt": "text", "main.js": "export default 1" },
};
let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ms-cache-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function cacheWithCount() {
  const counted = { loads: 0 };
  const cache = createBundleCache(
    join(directory, "bundles"),
    async () => {
      counted.loads++;
      return bundle;
    },
    memoryLog(),
  );
  return { cache, counted };
}

describe("createBundleCache", () => {
  it("loads a bundle once, for many at once, and for another edge that starts later", async () => {
    const { cache, counted } = cacheWithCount();
    const [first] = await Promise.all([cache.modules("org_1", SHA), cache.modules("org_1", SHA)]);
    expect(first.map(({ name }) => name)).toEqual(["main.js", "a/b.txt"]);
    const later = cacheWithCount();
    expect(await later.cache.modules("org_1", SHA)).toEqual(first);
    expect([counted.loads, later.counted.loads]).toEqual([1, 0]);
  });

  it("does not run what was changed or cut off on disk", async () => {
    const { cache, counted } = cacheWithCount();
    const modules = await cache.modules("org_1", SHA);
    writeFileSync(join(directory, "bundles", SHA, "m0"), "export default 'evil'");
    expect(await cache.modules("org_1", SHA)).toEqual(modules);
    writeFileSync(join(directory, "bundles", SHA, "manifest.json"), '{"modules":[');
    expect(await cache.modules("org_1", SHA)).toEqual(modules);
    expect(counted.loads).toBe(3);
    expect(readdirSync(join(directory, "bundles"))).toEqual([SHA]);
  });

  it("takes no path for a hash", async () => {
    const { cache } = cacheWithCount();
    await expect(cache.modules("org_1", "../../etc")).rejects.toMatchObject({ code: "bundle_refused" });
    expect(existsSync(join(directory, "bundles"))).toBe(false);
  });
});
