import { Pool } from "undici";
import type { z } from "zod";
import {
  CONTROL_SECRET_HEADER,
  ControlProblem,
  LogStreamLoad,
  RefreshResponse,
  RuntimeStatusResponse,
  VerifyResponse,
} from "#lib/contract/edge-control.ts";
import type { RuntimeDoor } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

export interface EdgeControlOptions {
  /** Where the edge listens for our own processes. */
  socketPath: string;
  internalSecret: string;
}

interface Call<Schema extends z.ZodType> {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  timeoutMs: number;
  response: Schema;
}

/** The data plane as other processes reach it. Every call ends within its own limit; `unavailable` when the edge is down. */
export function createEdgeControl({ socketPath, internalSecret }: EdgeControlOptions): RuntimeDoor {
  const pool = new Pool("http://edge", { socketPath, connections: 8, pipelining: 1 });

  const call = async <Schema extends z.ZodType>(request: Call<Schema>): Promise<z.output<Schema>> => {
    const { method, path, body, timeoutMs, response } = request;
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number;
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
      text = await answer.body.text();
    } catch (error) {
      throw edgeUnavailable(error, signal.aborted, timeoutMs);
    }
    const value = parseJson(text);
    if (status !== 200) throw problemOf(value, status);
    const parsed = response.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new DomainError(
      "unavailable",
      "The edge answered in a form that is not understood; is it another version?",
      {
        cause: parsed.error,
      },
    );
  };

  return {
    verify: (input) =>
      call({
        method: "POST",
        path: "/verify",
        body: input,
        timeoutMs: limits.control.verifyTimeoutMs,
        response: VerifyResponse,
      }),
    refresh: async (serverId) => {
      await call({
        method: "POST",
        path: `/servers/${encodeURIComponent(serverId)}/refresh`,
        timeoutMs: limits.control.refreshTimeoutMs,
        response: RefreshResponse,
      });
    },
    status: (serverId) =>
      call({
        method: "GET",
        path: `/servers/${encodeURIComponent(serverId)}/runtime`,
        timeoutMs: limits.control.statusTimeoutMs,
        response: RuntimeStatusResponse,
      }),
    logStream: (serverId) =>
      call({
        method: "GET",
        path: `/servers/${encodeURIComponent(serverId)}/log-stream`,
        timeoutMs: limits.control.statusTimeoutMs,
        response: LogStreamLoad,
      }),
  };
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
