import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSealedBox } from "./sealed-box.ts";

const key = new Uint8Array(randomBytes(32));
const box = createSealedBox(key);

test("what is sealed opens again with the same key and context, and never looks the same twice", () => {
  const sealed = box.seal("päss wörd 🔑", "org_1/srv_1/API_KEY");
  expect(box.unseal(sealed, "org_1/srv_1/API_KEY")).toBe("päss wörd 🔑");
  expect(box.seal("päss wörd 🔑", "org_1/srv_1/API_KEY")).not.toEqual(sealed);
  expect(Buffer.from(sealed).toString("utf8")).not.toContain("wörd");
});

test("a secret moved to another place, changed, cut or under another key does not open", () => {
  const sealed = box.seal("secret", "org_1/srv_1/API_KEY");
  expect(() => box.unseal(sealed, "org_2/srv_1/API_KEY")).toThrow();
  expect(() =>
    createSealedBox(new Uint8Array(randomBytes(32))).unseal(sealed, "org_1/srv_1/API_KEY"),
  ).toThrow();
  for (let index = 0; index < sealed.length; index++) {
    const changed = sealed.slice();
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => box.unseal(changed, "org_1/srv_1/API_KEY")).toThrow();
  }
  expect(() => box.unseal(sealed.subarray(0, 20), "org_1/srv_1/API_KEY")).toThrow("too short");
});

test("a key of the wrong size is refused at once", () => {
  expect(() => createSealedBox(new Uint8Array(16))).toThrow("32 bytes");
});
