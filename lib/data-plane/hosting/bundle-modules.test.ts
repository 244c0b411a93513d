import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { runtimeModules } from "./bundle-modules.ts";

const bundle = (modules: Record<string, string>, mainModule = "main.js") => ({ mainModule, modules });

describe("runtimeModules", () => {
  it("puts the main module first and takes the kind from the ending", () => {
    const modules = runtimeModules(
      bundle({
        "a/data.json": "{}",
        "main.js": "",
        "b.mjs": "",
        "c.cjs": "",
        "notes.txt": "",
        "@x/y+z.js": "",
      }),
    );
    expect(modules.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "main.js esModule",
      "a/data.json json",
      "b.mjs esModule",
      "c.cjs commonJsModule",
      "notes.txt text",
      "@x/y+z.js esModule",
    ]);
  });

  it.each([
    "../main.js",
    "/etc/passwd.js",
    "a/../b.js",
    "./main.js",
    "a//b.js",
    "a/.js/",
    ".hidden.js",
    "a\\b.js",
    'a".js',
    "a\n.js",
    "a\0.js",
    "a b.js",
    "ä.js",
    "node:fs.js",
    `${"a".repeat(limits.runtime.moduleNameCharactersMax)}.js`,
    "",
  ])("refuses the module name %j", (name) => {
    expect(() => runtimeModules(bundle({ "main.js": "", [name]: "" }))).toThrow(
      /plain relative path|no known kind/,
    );
  });

  it("refuses names of the platform, unknown kinds, a missing or non-JavaScript main module", () => {
    expect(() => runtimeModules(bundle({ "mcpstack-entry.js": "" }, "mcpstack-entry.js"))).toThrow(
      "belong to the platform",
    );
    expect(() => runtimeModules(bundle({ "main.js": "", "a.wasm": "" }))).toThrow("no known kind");
    expect(() => runtimeModules(bundle({ "main.js": "", noending: "" }))).toThrow("no known kind");
    expect(() => runtimeModules(bundle({ "a.js": "" }))).toThrow('no module "main.js"');
    expect(() => runtimeModules(bundle({ "a.js": "" }, "constructor"))).toThrow('no module "constructor"');
    expect(() => runtimeModules(bundle({ "main.txt": "" }, "main.txt"))).toThrow("is not JavaScript");
  });

  it("refuses too many and too large modules", () => {
    const many = Object.fromEntries(
      Array.from({ length: limits.http.bundleModulesMax }, (_, n) => [`m${n}.js`, ""]),
    );
    expect(() => runtimeModules(bundle({ ...many, "main.js": "" }))).toThrow(
      /has 201 modules; 200 are allowed/,
    );
    expect(() => runtimeModules(bundle({ "main.js": "x".repeat(limits.http.bundleBytesMax + 1) }))).toThrow(
      /bytes/,
    );
  });
});
