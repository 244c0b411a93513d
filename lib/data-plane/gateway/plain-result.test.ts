import { expect, it } from "vitest";
import { readAnswers } from "./answers.ts";
import { isPlainResult } from "./plain-result.ts";

const plain = (text: string, id: string | number | null = 1): boolean => isPlainResult(Buffer.from(text), id);

it.each([
  [
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"é \\"error\\" \\"isError\\":true"}]}}',
    1,
  ],
  ['{"result":{"content":[],"isError":false},"jsonrpc":"2.0","id":"a-1"}', "a-1"],
  ['{"jsonrpc":"2.0","id":0,"result":{}}', 0],
])("recognises %s", (text, id) => {
  expect(plain(text, id)).toBe(true);
  expect(readAnswers(JSON.parse(text))).toMatchObject([{ id, outcome: "ok" }]);
});

it.each([
  ["another id", '{"jsonrpc":"2.0","id":12,"result":{}}'],
  ["the id as text", '{"jsonrpc":"2.0","id":"1","result":{}}'],
  ["a tool error", '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}'],
  [
    "a tool error after a harmless one",
    '{"jsonrpc":"2.0","id":1,"result":{"a":{"isError":false},"isError":true}}',
  ],
  ["a spaced tool error", '{"jsonrpc":"2.0","id":1,"result":{"isError" : true}}'],
  ["a key in disguise", '{"jsonrpc":"2.0","id":1,"result":{"\\u0069sError":true}}'],
  ["an error beside the result", '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1}}'],
  ["a result that is none", '{"jsonrpc":"2.0","id":1,"result":null}'],
  ["a cut body", '{"jsonrpc":"2.0","id":1,"result":{"content":[]}'],
  ["a request", '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}'],
  ["nothing", ""],
])("leaves to a parser: %s", (_what, text) => {
  expect(plain(text)).toBe(false);
});

it("leaves ids to a parser that could be written in several ways", () => {
  expect(plain('{"jsonrpc":"2.0","id":"é","result":{}}', "é")).toBe(false);
  expect(plain('{"jsonrpc":"2.0","id":1.5,"result":{}}', 1.5)).toBe(false);
  expect(plain('{"jsonrpc":"2.0","id":null,"result":{}}', null)).toBe(false);
});
