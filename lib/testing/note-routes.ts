import { z } from "zod";
import { pageOf } from "#lib/contract/index.ts";
import { defineRoute } from "#lib/http/define-route.ts";
import { DomainError } from "#lib/kernel/errors.ts";

const Note = z.object({ text: z.string(), tags: z.array(z.string()).default([]) });
/** The bodies that `POST …/notes` was given. */
export const noteCalls: unknown[] = [];
/** One route of every kind, for what the dispatcher promises about all of them. */
export const noteRoutes = [
  defineRoute({
    method: "GET",
    path: "/open",
    operationId: "open",
    summary: "open",
    access: "public",
    response: z.object({ who: z.string().nullable() }),
    handle: ({ actor }) => ({ who: actor?.kind ?? null }),
  }),
  defineRoute({
    method: "POST",
    path: "/open",
    operationId: "postOpen",
    summary: "post open",
    access: "public",
    body: Note,
    response: Note,
    status: 201,
    handle: ({ body }) => body,
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/notes/{note}",
    operationId: "getNote",
    summary: "note",
    access: "servers:read",
    query: z.object({ view: z.enum(["full", "short"]).default("short") }),
    response: z.object({ organization: z.string(), note: z.string(), view: z.string() }),
    handle: ({ ctx, params, query }) => ({
      organization: ctx.organization.slug,
      note: params.note,
      view: query.view,
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/notes",
    operationId: "postNote",
    summary: "make note",
    access: "servers:write",
    body: Note,
    response: null,
    handle: ({ body }) => {
      noteCalls.push(body);
      return undefined;
    },
  }),
  defineRoute({
    method: "PUT",
    path: "/organizations/{org}/bundle",
    operationId: "putBundle",
    summary: "bundle",
    access: "servers:write",
    body: { raw: ["application/zip", "text/javascript"], bytesMax: 1_000 },
    response: z.object({ bytes: z.number(), contentType: z.string() }),
    handle: ({ body }) => ({ bytes: body.bytes.length, contentType: body.contentType }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/pages",
    operationId: "pages",
    summary: "pages",
    access: "servers:read",
    query: z.object({
      page: z.coerce.number().default(1),
      cursor: z.string().optional(),
      asOf: z.string().optional(),
    }),
    response: pageOf(z.string()),
    handle: ({ query }) => ({
      data: ["a"],
      page: query.page,
      pageSize: 10,
      total: 35,
      totalIsCapped: false,
      nextCursor: query.page < 4 ? "log_next" : null,
      asOf: "2026-03-01T12:00:00.000Z",
    }),
  }),
  defineRoute({
    method: "GET",
    path: "/faults/{kind}",
    operationId: "faults",
    summary: "faults",
    access: "public",
    response: z.object({ ok: z.boolean() }),
    handle: ({ params }) => fault(params.kind),
  }),
];

function fault(kind: string): { ok: boolean } | Promise<{ ok: boolean }> {
  if (kind === "throw") throw new Error("the database password is hunter2");
  if (kind === "shape") return { ok: "yes" } as unknown as { ok: boolean };
  if (kind === "more") return { ok: true, secret: "hunter2" } as { ok: boolean };
  if (kind === "wait") return new Promise(() => undefined);
  throw new DomainError("unavailable", "The runtime is away.", { retryAfterSeconds: 3 });
}
