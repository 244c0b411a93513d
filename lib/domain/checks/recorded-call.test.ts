import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MessageBody } from "#lib/contract/index.ts";
import { isSameButSecrets, recordedArguments, recordedResponse } from "./recorded-call.ts";

const bodyOf = (request: string | null, response: string | null = null): MessageBody => ({
  id: "log_1",
  request,
  response,
  requestBytes: 0,
  responseBytes: 0,
});
const call = (params: unknown) =>
  bodyOf(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }));
const TOKEN = "[redacted:bearer#a1b2]";

describe("the recorded arguments", () => {
  test("are what the tool was called with; none are an empty object", () => {
    expect(recordedArguments(call({ name: "t", arguments: { a: [1] } }))).toEqual({ a: [1] });
    expect(recordedArguments(call({ name: "t" }))).toEqual({});
  });

  test.each<[string, MessageBody | undefined, RegExp]>([
    ["nothing was recorded", undefined, /not recorded. Give the arguments/],
    ["only the answer was", bodyOf(null, "{}"), /not recorded/],
    ["the message was cut", bodyOf('{"jsonrpc":"2.0","params":{"argu'), /was cut.*Give the arguments/],
    ["it is no object", bodyOf("[1]"), /was cut/],
    ["it is nested without end", bodyOf(`${'{"params":'.repeat(10_000)}1${"}".repeat(10_000)}`), /was cut/],
    ["the arguments are a list", call({ arguments: [1] }), /no JSON object/],
    [
      "a secret was taken out",
      call({ arguments: { auth: { token: TOKEN } } }),
      /secret was taken out.*Give the arguments/,
    ],
    ["a secret was taken out of a key", call({ arguments: { [TOKEN]: 1 } }), /secret was taken out/],
  ])("are refused with what to do when %s", (_name, body, message) => {
    expect(() => recordedArguments(body)).toThrow(
      expect.objectContaining({ code: "unprocessable", message: expect.stringMatching(message) }),
    );
  });
});

test("the recorded answer is its result or its error; what is not whole is none", () => {
  expect(recordedResponse(bodyOf(null, '{"id":1,"result":{"content":[]}}'))).toEqual({ content: [] });
  expect(recordedResponse(bodyOf(null, '{"id":1,"error":{"code":-1}}'))).toEqual({ code: -1 });
  expect(recordedResponse(bodyOf(null, '{"id":1,"resu'))).toBeNull();
  expect(recordedResponse(bodyOf(null))).toBeNull();
  expect(recordedResponse(undefined)).toBeNull();
});

describe("a text with secrets taken out", () => {
  test.each<[unknown, unknown, boolean]>([
    [`Bearer ${TOKEN}`, "Bearer abc", true],
    [TOKEN, "", true],
    [`${TOKEN}-${TOKEN}`, "a-b", true],
    [`x ${TOKEN} y`, "x abc z", false],
    [`x ${TOKEN} y`, "x y", false],
    [`Bearer ${TOKEN}`, 7, false],
    ["plain", "other", false],
    ["abc", `Bearer ${TOKEN}`, false],
  ])("%j and %j are the same: %j", (before, after, isSame) => {
    expect(isSameButSecrets(before, after)).toBe(isSame);
  });

  test("is the same as the text it was made from, whatever the secret was", () => {
    const part = fc.string({ maxLength: 5 }).filter((text) => !text.includes("[redacted"));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(part, fc.string()), { minLength: 1, maxLength: 4 }),
        part,
        (pairs, end) => {
          const before = pairs.map(([text]) => text + TOKEN).join("") + end;
          const after = pairs.map(([text, secret]) => text + secret).join("") + end;
          expect(isSameButSecrets(before, after)).toBe(true);
        },
      ),
    );
  });
});
