import { Pool } from "undici";
import type { z } from "zod";
import { CONTROL_NODE_HEADER, CONTROL_SECRET_HEADER, ControlProblem } from "#lib/contract/edge-control.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/** An edge and how to reach it. */
export interface EdgeAddress {
  node: string;
  region: string;
  /** `unix:/path` or `http://host:port`. */
  controlAddress: string;
  /** It has not said for a while that it lives. */
  isSilent: boolean;
}

export interface EdgeCall<Schema extends z.ZodType> {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: unknown;
  timeoutMs: number;
  response: Schema;
}

/** The control server of one edge. Every call ends within its own limit; `unavailable` when the edge is down. */
export interface EdgeClient {
  call<Schema extends z.ZodType>(request: EdgeCall<Schema>): Promise<z.output<Schema>>;
  close(): Promise<void>;
}

export function createEdgeClient(
  { node, controlAddress }: Pick<EdgeAddress, "node" | "controlAddress">,
  internalSecret: string,
): EdgeClient {
  const socketPath = controlAddress.startsWith("unix:") ? controlAddress.slice("unix:".length) : null;
  const pool = new Pool(socketPath === null ? controlAddress : "http://edge", {
    ...(socketPath === null ? {} : { socketPath }),
    connections: 16,
    pipelining: 1,
    connect: { timeout: limits.control.statusTimeoutMs },
  });

  return {
    async call({ method, path, body, timeoutMs, response }) {
      const signal = AbortSignal.timeout(timeoutMs);
      let status: number;
      let answeredBy: string | string[] | undefined;
      let text: string;
      try {
        const answer = await pool.request({
          method,
          path,
          signal,
          headers: {
            [CONTROL_SECRET_HEADER]: internalSecret,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        status = answer.statusCode;
        answeredBy = answer.headers[CONTROL_NODE_HEADER];
        text = await readText(answer.body);
      } catch (error) {
        if (error instanceof DomainError) throw error;
        throw edgeUnavailable(error, signal.aborted, timeoutMs);
      }
      if (answeredBy !== undefined && answeredBy !== node)
        throw new DomainError("unavailable", `Another edge answers where ${node} should be.`);
      const value = parseJson(text);
      if (status !== 200) throw problemOf(value, status);
      const parsed = response.safeParse(value);
      if (parsed.success) return parsed.data;
      throw new DomainError(
        "unavailable",
        "The edge answered in a form that is not understood; is it another version?",
        { cause: parsed.error },
      );
    },
    close: () => pool.close(),
  };
}

/** The whole body, at most `limits.control.responseBytesMax`. */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limits.control.responseBytesMax)
      throw new DomainError(
        "unprocessable",
        `The server's answer is larger than ${limits.control.responseBytesMax} bytes, the most that is looked at.`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const edgeUnavailable = (cause: unknown, isLate: boolean, timeoutMs: number): DomainError =>
  new DomainError(
    "unavailable",
    isLate
      ? `The edge did not answer within ${timeoutMs / 1000} s. Try again.`
      : "The edge is not running or is just starting. Try again in a few seconds.",
    { cause, retryAfterSeconds: 2 },
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told apart by the schema that reads it.
    return null;
  }
}

function problemOf(value: unknown, status: number): DomainError {
  const parsed = ControlProblem.safeParse(value);
  if (!parsed.success) return new DomainError("unavailable", `The edge answered with HTTP ${status}.`);
  const { code, message, details, retryable, retryAfterSeconds } = parsed.data;
  return new DomainError(code, message, {
    details,
    retryable,
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}
