import { z } from "zod";
import { defineRoute, type Route } from "../define-route.ts";
import { openApiDocument } from "../openapi.ts";

/** The route that describes `described`, and itself. */
export function openApiRoute(described: readonly Route[]): Route {
  const documents = new Map<string, Record<string, unknown>>();
  const route: Route = defineRoute({
    method: "GET",
    path: "/openapi.json",
    operationId: "getOpenApiDocument",
    summary: "This API as an OpenAPI 3.1 document",
    tags: ["API"],
    access: "public",
    response: z.record(z.string(), z.unknown()),
    handle: ({ system }) => {
      const { publicOrigin } = system.auth;
      const document = documents.get(publicOrigin) ?? openApiDocument([...described, route], publicOrigin);
      documents.set(publicOrigin, document);
      return document;
    },
  });
  return route;
}
