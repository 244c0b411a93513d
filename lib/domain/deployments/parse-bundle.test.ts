import { deflateRawSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { packBundle } from "./bundle-store.ts";
import { parseBundle } from "./parse-bundle.ts";

const MODULE = "export default { fetch: () => new Response('ok') };";
const js = (text: string) => parseBundle(strToU8(text), "text/javascript; charset=utf-8");
const zip = (files: Record<string, string | Uint8Array>) =>
  parseBundle(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, body]) => [name, typeof body === "string" ? strToU8(body) : body]),
      ),
    ),
    "application/zip",
  );

async function refusal(work: Promise<unknown>): Promise<DomainError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

test("one ES module becomes main.js", async () => {
  expect(await js(MODULE)).toEqual({ mainModule: "main.js", modules: { "main.js": MODULE } });
});

test("a byte order mark is left out, so that the engine does not trip over it", async () => {
  expect((await js(`\uFEFF${MODULE}`)).modules["main.js"]).toBe(MODULE);
});

test.each([
  ["nothing", new Uint8Array(0), "text/javascript", "bundle_refused", /empty/],
  ["blanks", strToU8(" \n\t"), "text/javascript", "bundle_refused", /empty/],
  [
    "bytes that are not UTF-8",
    new Uint8Array([0xff, 0xfe, 0x41]),
    "text/javascript",
    "bundle_refused",
    /UTF-8/,
  ],
  ["NUL characters", strToU8("a\0b"), "text/javascript", "bundle_refused", /NUL/],
  [
    "a zip called a module",
    zipSync({ "main.js": strToU8(MODULE) }),
    "text/javascript",
    "bundle_refused",
    /zip/,
  ],
  ["a module called a zip", strToU8(MODULE), "application/zip", "bundle_refused", /not a zip/],
  ["another type", strToU8(MODULE), "text/html", "unsupported_media_type", /text\/javascript/],
  ["no type", strToU8(MODULE), "", "unsupported_media_type", /nothing/],
  [
    "more than 5 MiB",
    new Uint8Array(limits.http.bundleBytesMax + 1).fill(0x20),
    "text/javascript",
    "payload_too_large",
    /5242881/,
  ],
])("%s is refused with its reason", async (_, body, contentType, code, message) => {
  const error = await refusal(parseBundle(body, contentType));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("a zip keeps its folders, drops litter, and finds the main module", async () => {
  const bundle = await zip({
    "main.js": MODULE,
    "lib/a.mjs": "export const a = 1;",
    "data/tickets.json": "[1]",
    "readme.txt": "hello",
    "__MACOSX/._main.js": "x",
    ".DS_Store": "x",
  });
  expect(bundle.mainModule).toBe("main.js");
  expect(Object.keys(bundle.modules).sort()).toEqual([
    "data/tickets.json",
    "lib/a.mjs",
    "main.js",
    "readme.txt",
  ]);
});

test("a zipped folder is the same bundle as its zipped content", async () => {
  const inside = await zip({ "dist/worker.js": MODULE, "dist/lib/a.js": "export {};" });
  expect(inside).toEqual(await zip({ "worker.js": MODULE, "lib/a.js": "export {};" }));
});

test("the only script is the main module whatever its name; of several, one must be named main", async () => {
  expect((await zip({ "server.js": MODULE, "a.json": "{}" })).mainModule).toBe("server.js");
  expect((await refusal(zip({ "a.js": MODULE, "b.js": MODULE }))).message).toMatch(/main module/);
});

test.each([
  ["../evil.js", /outside/],
  ["lib/../../evil.js", /outside/],
  ["/etc/evil.js", /relative/],
  ["C:/evil.js", /relative/],
  ["lib\\evil.js", /relative/],
  ["a\nb.js", /control/],
  ["a b.js", /Rename/],
  ["run.sh", /not a module/],
  ["native.node", /not a module/],
  [`${"x".repeat(300)}.js`, /too long/],
])("a zip with the name %j is refused", async (name, message) => {
  const error = await refusal(zip({ "main.js": MODULE, [name]: MODULE }));
  expect(error.code).toBe("bundle_refused");
  expect(error.message).toMatch(message);
});

test("two names that mean the same file are refused", async () => {
  expect((await refusal(zip({ "main.js": MODULE, "./main.js": "evil" }))).message).toMatch(/twice/);
});

test("data modules are checked too", async () => {
  expect((await refusal(zip({ "main.js": MODULE, "a.json": "{" }))).message).toMatch(/valid JSON/);
  expect((await refusal(zip({ "main.js": MODULE, "a.txt": new Uint8Array([0xc3, 0x28]) }))).message).toMatch(
    /a\.txt is not valid UTF-8/,
  );
});

test("a zip without files is refused", async () => {
  expect((await refusal(zip({}))).message).toMatch(/no files/);
  expect((await refusal(zip({ "folder/": new Uint8Array(0) }))).message).toMatch(/no files/);
});

test("too many files are refused before any is unpacked", async () => {
  const many = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`m${index}.js`, "1"]));
  expect((await refusal(zip(many))).message).toMatch(/more than 400/);
  const some = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`m${index}.js`, "1"]));
  expect((await refusal(zip(some))).message).toMatch(/at most 200/);
});

test("a bomb that says how large it is, is refused before it is unpacked", async () => {
  const bomb = zipSync({ "main.js": [new Uint8Array(64 * 1024 * 1024), { level: 9 }] });
  expect(bomb.byteLength).toBeLessThan(limits.http.bundleBytesMax);
  expect((await refusal(parseBundle(bomb, "application/zip"))).message).toMatch(/unpacks to more/);
});

/** An archive with one deflated file whose headers declare `declaredBytes`. */
function lyingZip(content: Uint8Array, declaredBytes: number): Uint8Array {
  const name = Buffer.from("main.js");
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(declaredBytes, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(declaredBytes, 24);
  central.writeUInt16LE(name.length, 28);
  const body = Buffer.concat([local, name, packed]);
  const directory = Buffer.concat([central, name]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, directory, end]);
}

test("a bomb that lies about its size stops at what it declared", async () => {
  const bomb = lyingZip(new Uint8Array(256 * 1024 * 1024), 10);
  expect((await refusal(parseBundle(bomb, "application/zip"))).message).toMatch(/damaged/);
});

test("a changed byte, a cut-off archive and offsets into nowhere are refused, whatever is changed", async () => {
  const good = zipSync({ "main.js": strToU8(MODULE), "lib/a.js": strToU8("export const a = 1;") });
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 0xff;
    const result = await parseBundle(bad, "application/zip").catch((error: unknown) => error);
    if (result instanceof DomainError) expect(result.code).toBe("bundle_refused");
    else if (result instanceof Error) throw new Error(`byte ${at} broke the reader`, { cause: result });
  }
  for (let length = 0; length < good.length; length++)
    expect((await refusal(parseBundle(good.slice(0, length), "application/zip"))).code).toBe(
      "bundle_refused",
    );
});

test("equal modules have one address whatever their order", async () => {
  const one = await packBundle({ mainModule: "main.js", modules: { "main.js": MODULE, "a.js": "1 // é" } });
  const two = await packBundle({ mainModule: "main.js", modules: { "a.js": "1 // é", "main.js": MODULE } });
  const other = await packBundle({ mainModule: "a.js", modules: { "a.js": "1 // é", "main.js": MODULE } });
  expect(two.sha256).toBe(one.sha256);
  expect(other.sha256).not.toBe(one.sha256);
  expect(one.bytes).toBe(Buffer.byteLength(`${MODULE}1 // é`));
});
