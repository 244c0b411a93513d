import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../../access/index.ts";

/** What a URL answered, or why it did not. */
export type Probe =
  | { ok: true; status: number; headers: Headers; text: string }
  | { ok: false; problem: string; refusedAddress: boolean };

export type Prober = (url: string, init?: RequestInit) => Promise<Probe>;

/** Asks URLs within `limits.gateways.issuerTimeoutMs` each and the doctor's own deadline, reading a bounded body. */
export const prober =
  (ctx: Pick<Ctx, "doors">, deadline: AbortSignal): Prober =>
  async (url, init = {}) => {
    const timeout = AbortSignal.timeout(limits.gateways.issuerTimeoutMs);
    try {
      const signal = AbortSignal.any([timeout, deadline]);
      const response = await ctx.doors.publicFetch(url, { ...init, signal });
      const text = await readBounded(response);
      return { ok: true, status: response.status, headers: response.headers, text };
    } catch (error) {
      if (deadline.aborted)
        return { ok: false, problem: "the doctor's time was over", refusedAddress: false };
      if (timeout.aborted) {
        const seconds = limits.gateways.issuerTimeoutMs / 1000;
        return { ok: false, problem: `no answer within ${seconds} s`, refusedAddress: false };
      }
      return networkProblem(error);
    }
  };

class TooLargeError extends Error {}

async function readBounded({ body }: Response): Promise<string> {
  if (!body) return "";
  const max = limits.gateways.issuerResponseBytesMax;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString("utf8");
    bytes += value.byteLength;
    if (bytes > max) {
      await reader.cancel();
      throw new TooLargeError(`the answer is larger than ${max} bytes`);
    }
    parts.push(value);
  }
}

/** The innermost reason says most; names and codes only, never more of what the other side sent. */
function networkProblem(error: unknown): Probe {
  let reason = error;
  for (let depth = 0; depth < 5 && reason instanceof Error && reason.cause instanceof Error; depth++)
    reason = reason.cause;
  if (!(reason instanceof Error))
    return { ok: false, problem: "it cannot be reached", refusedAddress: false };
  const refusedAddress = reason.name === "AddressRefusedError";
  const code = (reason as NodeJS.ErrnoException).code;
  const problem =
    refusedAddress || reason instanceof TooLargeError || typeof code !== "string" ? reason.message : code;
  return { ok: false, problem, refusedAddress };
}

/** The JSON object of a text; null for anything else. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // What is not JSON is a finding of its caller, not an error.
    return null;
  }
}

export const textList = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
