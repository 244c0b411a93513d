import { z } from "zod";
import {
  CreateLogDrain,
  DeadLetter,
  DeadLetterRetry,
  LogDrain,
  LogDrainTest,
  UpdateLogDrain,
} from "#lib/contract/index.ts";
import {
  createLogDrain,
  deleteLogDrain,
  getLogDrain,
  listDeadLetters,
  listLogDrains,
  retryDeadLetter,
  testLogDrain,
  updateLogDrain,
} from "#lib/domain/log-drains/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Log drains"];

export const logDrainRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/log-drains",
    operationId: "listLogDrains",
    summary: "Where logs are sent on to, by name, and how each of them is",
    tags,
    access: "drains:read",
    response: z.array(LogDrain),
    handle: ({ ctx }) => listLogDrains(ctx, {}),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/log-drains",
    operationId: "createLogDrain",
    summary: "Send on what is stored from now on, at least once and in the order in which it was stored",
    tags,
    access: "drains:write",
    body: CreateLogDrain,
    idempotency: "optional",
    response: LogDrain,
    status: 201,
    example: {
      body: {
        name: "Warehouse",
        kind: "http_ndjson",
        url: "https://logs.example.com/ingest",
        headers: { authorization: "Bearer example" },
        logs: ["requests", "console"],
      },
    },
    handle: ({ ctx, body }) => createLogDrain(ctx, body),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/log-drains/{drain}",
    operationId: "getLogDrain",
    summary: "One log drain by id or name",
    tags,
    access: "drains:read",
    response: LogDrain,
    handle: ({ ctx, params }) => getLogDrain(ctx, params),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/log-drains/{drain}",
    operationId: "updateLogDrain",
    summary: "Change a log drain, or disable it: it keeps its place and goes on from there",
    tags,
    access: "drains:write",
    body: UpdateLogDrain,
    response: LogDrain,
    example: { body: { isEnabled: false } },
    handle: ({ ctx, params, body }) => updateLogDrain(ctx, { ...body, drain: params.drain }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/log-drains/{drain}",
    operationId: "deleteLogDrain",
    summary: "Delete a log drain with its dead letters; nothing more is sent",
    tags,
    access: "drains:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await deleteLogDrain(ctx, { drain: params.drain });
      return undefined;
    },
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/log-drains/{drain}/test",
    operationId: "testLogDrain",
    summary: "Send one labelled test line to the sink, now, and say what it answered",
    tags,
    access: "drains:write",
    response: LogDrainTest,
    handle: ({ ctx, params }) => testLogDrain(ctx, { drain: params.drain }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/log-drains/{drain}/dead-letters",
    operationId: "listDeadLetters",
    summary: "What the sink refused for good, or did not take in many tries, newest first",
    tags,
    access: "drains:read",
    response: z.array(DeadLetter),
    handle: ({ ctx, params }) => listDeadLetters(ctx, params),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/log-drains/{drain}/dead-letters/{letter}/retry",
    operationId: "retryDeadLetter",
    summary: "Send the rows of a dead letter that are still stored once more; what is taken leaves the list",
    tags,
    access: "drains:write",
    response: DeadLetterRetry,
    handle: ({ ctx, params }) => retryDeadLetter(ctx, { drain: params.drain, letter: params.letter }),
  }),
];
