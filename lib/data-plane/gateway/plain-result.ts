import type { RpcId } from "./messages.ts";

const HEAD = '{"jsonrpc":"2.0","id":';
const RESULT = ',"result":{';
const RESULT_FIRST = '{"result":{';
const TAIL = '},"jsonrpc":"2.0","id":';
const IS_ERROR = '"isError":';
const SIMPLE_ID = /^[\w.:-]{0,64}$/;

/**
 * Whether a body is plainly a result of the request `id` that reports no error, written the way nearly all servers
 * write it. Says no whenever reading it properly could tell otherwise; saying yes costs a tenth of that.
 */
export function isPlainResult(body: Buffer, id: RpcId): boolean {
  if (typeof id === "string" ? !SIMPLE_ID.test(id) : !Number.isSafeInteger(id)) return false;
  const text = body.toString("latin1");
  const written = typeof id === "string" ? `"${id}"` : String(id);
  const isInOrder =
    text.startsWith(HEAD) &&
    text.startsWith(written, HEAD.length) &&
    text.startsWith(RESULT, HEAD.length + written.length) &&
    text.endsWith("}}");
  const isResultFirst = !isInOrder && text.startsWith(RESULT_FIRST) && text.endsWith(`${TAIL}${written}}`);
  if (!isInOrder && !isResultFirst) return false;
  // A key of these names anywhere else than in quoted text, where its quotes would be escaped; or a key in disguise.
  if (text.includes('"error"') || text.includes("\\u0069") || text.includes("\\u0065")) return false;
  const at = text.indexOf(IS_ERROR);
  return at === -1 ? !text.includes('"isError"') : saysFalse(text, at);
}

const saysFalse = (text: string, at: number): boolean =>
  text.startsWith("false", at + IS_ERROR.length) && text.indexOf('"isError"', at + 1) === -1;
