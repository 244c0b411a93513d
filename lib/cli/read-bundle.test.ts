import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { readBundle } from "./read-bundle.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "mcpstack-bundle-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}
const unzipped = (bytes: Uint8Array) =>
  Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, content]) => [name, strFromU8(content)]));

test("one module is sent as it is, without a version", async () => {
  await write({ "server.mjs": "export default {}" });
  const bundle = await readBundle(path.join(root, "server.mjs"));
  expect(bundle).toMatchObject({ contentType: "text/javascript", version: null });
  expect(strFromU8(new Uint8Array(bundle.bytes))).toBe("export default {}");
});

test("a directory is its modules, without dependencies, dotfiles, links and tool files; package.json says version and main", async () => {
  await write({
    "package.json": JSON.stringify({ version: "1.2.3", main: "./dist/server.js" }),
    "package-lock.json": "{}",
    "dist/server.js": "export default { fetch() {} }",
    "dist/words.json": "[]",
    "README.md": "# hi",
    ".env": "SECRET=1",
    ".git/hook.js": "1",
    "node_modules/x/index.js": "1",
  });
  await symlink("/etc/hostname", path.join(root, "dist", "linked.js"));
  const bundle = await readBundle(root);
  expect(bundle).toMatchObject({ contentType: "application/zip", version: "1.2.3" });
  const files = unzipped(bundle.bytes);
  expect(Object.keys(files).sort()).toEqual(["dist/server.js", "dist/words.json", "main.js"]);
  expect(files["main.js"]).toContain('export { default } from "./dist/server.js"');
});

test("a directory whose main module has its usual name needs no help", async () => {
  await write({ "package.json": '{"main":"index.js"}', "index.js": "export default {}", "tools.js": "" });
  expect(Object.keys(unzipped((await readBundle(root)).bytes)).sort()).toEqual(["index.js", "tools.js"]);
});

test.each<[string, Record<string, string>, string, RegExp]>([
  ["nothing there", {}, "missing", /no file or directory/],
  ["another kind of file", { "notes.txt": "hi" }, "notes.txt", /no .js or .mjs module/],
  ["a directory without modules", { "main.ts": "" }, ".", /holds no .js/],
  ["a broken package.json", { "package.json": "{", "main.js": "1" }, ".", /is not JSON/],
  ["a main that is not built", { "package.json": '{"main":"dist/a.js"}', "b.js": "1" }, ".", /not among/],
  ["two mains", { "package.json": '{"main":"a.js"}', "a.js": "1", "main.js": "1" }, ".", /would be taken/],
])("%s is a usage error that says so", async (_, files, target, words) => {
  await write(files);
  await expect(readBundle(path.join(root, target))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(words),
  });
});

test("what is too large or too many is refused before it is sent", async () => {
  await write({ "big.js": "x".repeat(limits.http.bundleBytesMax + 1) });
  await expect(readBundle(path.join(root, "big.js"))).rejects.toMatchObject({ exitCode: 7 });
  await expect(readBundle(root)).rejects.toMatchObject({ exitCode: 7 });
  await rm(path.join(root, "big.js"));
  const many = Array.from({ length: limits.http.bundleModulesMax + 1 }, (_, index) => [`m${index}.js`, "1"]);
  await write(Object.fromEntries(many));
  await expect(readBundle(root)).rejects.toMatchObject({ exitCode: 7 });
});
