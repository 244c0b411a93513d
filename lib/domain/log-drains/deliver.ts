import type { DrainRecord } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";
import type { Doors } from "../access/index.ts";
import { CONTENT_TYPE, encodeBatch } from "./encode-batch.ts";
import { networkProblem } from "./network-problem.ts";
import type { Sink } from "./sink.ts";

/** How a delivery ended. `message` is for people and repeats of the sink's answer at most its beginning. */
export type Delivery = { readonly httpStatus: number | null; readonly message: string } & (
  | /** The sink has them, without `rejectedRows` that it told it did not take. */
  { readonly kind: "accepted"; readonly rejectedRows: number }
  /** These rows will never be taken. */
  | { readonly kind: "refused" }
  /** Fewer rows at once may be taken. */
  | { readonly kind: "too_large" }
  /** Not now, or not with these settings: the same rows may be taken later. */
  | { readonly kind: "failed"; readonly retryAfterMs: number | null }
);

/** What an answer says about the address or the credentials, not about the rows: somebody may put it right. */
const ABOUT_THE_SINK: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 408, 410, 421, 425, 429]);

/** Sends `records` once, within `limits.drains.timeoutMs`. Never throws for what the sink or the network does. */
export async function deliver(
  { doors, nowMs }: { doors: Pick<Doors, "publicFetch">; nowMs: () => number },
  sink: Sink,
  records: readonly DrainRecord[],
  signal?: AbortSignal,
): Promise<Delivery> {
  const timeout = AbortSignal.timeout(limits.drains.timeoutMs);
  try {
    const response = await doors.publicFetch(sink.url, {
      method: "POST",
      headers: {
        "user-agent": "mcpstack-log-drain",
        ...sink.headers,
        "content-type": CONTENT_TYPE[sink.kind],
      },
      body: encodeBatch(sink.kind, records),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    return judge(sink, response, await readBeginning(response), nowMs());
  } catch (error) {
    const message = timeout.aborted
      ? `The sink did not answer within ${limits.drains.timeoutMs / 1000} seconds.`
      : networkProblem(error);
    return { kind: "failed", httpStatus: null, message, retryAfterMs: null };
  }
}

function judge(sink: Sink, { status, headers, ok }: Response, text: string, nowMs: number): Delivery {
  const said = text.trim() === "" ? "." : `: ${text.trim().slice(0, limits.drains.errorCharactersMax)}`;
  const answer = { httpStatus: status };
  if (ok) {
    const partial = sink.kind === "otlp_http" ? partialSuccess(text) : null;
    const rejectedRows = partial?.rejected ?? 0;
    const message =
      rejectedRows > 0
        ? `The sink took the batch without ${rejectedRows} of its records${partial?.message ? `: ${partial.message}` : ""}`
        : `The sink answered ${status}.`;
    return { ...answer, kind: "accepted", rejectedRows, message: storableText(message) };
  }
  if (status >= 300 && status < 400) {
    const message = `The sink answered ${status}: redirects are not followed. Name the final address.`;
    return { ...answer, kind: "failed", message, retryAfterMs: null };
  }
  const message = storableText(`The sink answered ${status}${said}`);
  if (status === 413) return { ...answer, kind: "too_large", message };
  if (status < 500 && !ABOUT_THE_SINK.has(status)) return { ...answer, kind: "refused", message };
  return { ...answer, kind: "failed", message, retryAfterMs: retryAfter(headers.get("retry-after"), nowMs) };
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date; null when it says neither. */
function retryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** What an OpenTelemetry collector says it did not take; null when it says nothing of it. */
function partialSuccess(text: string): { rejected: number; message: string } | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // An empty answer, or a sink that says "OK": it took everything.
    return null;
  }
  const partial = (
    body as { partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown } } | null
  )?.partialSuccess;
  const rejected = Number(partial?.rejectedLogRecords ?? 0);
  if (!Number.isSafeInteger(rejected) || rejected < 0) return null;
  const message = typeof partial?.errorMessage === "string" ? partial.errorMessage : "";
  return { rejected, message: message.slice(0, limits.drains.errorCharactersMax) };
}

/** As much of the answer as is of use; the rest is not waited for. */
async function readBeginning({ body }: Response): Promise<string> {
  if (!body) return "";
  const parts: Uint8Array[] = [];
  const reader = body.getReader();
  for (let bytes = 0; bytes < limits.drains.responseBytesMax; ) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString("utf8");
    parts.push(value);
    bytes += value.byteLength;
  }
  await reader.cancel();
  return Buffer.concat(parts).toString("utf8");
}
