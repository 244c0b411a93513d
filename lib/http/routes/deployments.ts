import { z } from "zod";
import { Deployment, Operation, PublishVersion, Semver, Version } from "#lib/contract/index.ts";
import {
  activateServer,
  BUNDLE_MEDIA_TYPES,
  deactivateServer,
  getDeployment,
  getOperation,
  listOperations,
  listVersions,
  publishVersion,
  uploadVersion,
} from "#lib/domain/deployments/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Deployments"];
/** Accepted so that callers of a platform with several environments work; there is one. */
const EnvironmentQuery = z.object({ environment: z.literal("production").default("production") });

export const deploymentRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/versions",
    operationId: "listVersions",
    summary: "The versions of a hosted server, newest first",
    tags,
    access: "servers:read",
    response: z.array(Version),
    handle: ({ ctx, params }) => listVersions(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/versions",
    operationId: "uploadVersion",
    summary:
      "Upload code as a new version: one ES module, or a zip of modules with main.js, index.js or worker.js",
    tags,
    access: "deployments:write",
    query: z.object({ version: Semver }),
    body: { raw: BUNDLE_MEDIA_TYPES, bytesMax: limits.http.bundleBytesMax },
    response: Version,
    status: 201,
    example: {
      query: { version: "1.0.0" },
      body: 'export default { fetch: () => new Response("hello") };',
    },
    handle: ({ ctx, params, query, body }) =>
      uploadVersion(ctx, {
        server: params.server,
        version: query.version,
        contentType: body.contentType,
        body: body.bytes,
      }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/publish",
    operationId: "publishVersion",
    summary: "Make a version the one that serves, if it starts and lists its tools",
    tags,
    access: "deployments:write",
    body: PublishVersion,
    response: Operation,
    status: 202,
    example: { body: { version: "1.0.0" } },
    handle: ({ ctx, params, body }) => publishVersion(ctx, { ...body, server: params.server }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/activate",
    operationId: "activateServer",
    summary: "Let a server answer, if it passes its gate",
    tags,
    access: "deployments:write",
    response: Operation,
    status: 202,
    handle: ({ ctx, params }) => activateServer(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/deactivate",
    operationId: "deactivateServer",
    summary: "Stop a server from answering; calls in flight are drained",
    tags,
    access: "deployments:write",
    response: Operation,
    status: 202,
    handle: ({ ctx, params }) => deactivateServer(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/deployment",
    operationId: "getDeployment",
    summary: "What serves now and how its runtime is doing",
    tags,
    access: "servers:read",
    query: EnvironmentQuery,
    response: Deployment,
    handle: ({ ctx, params }) => getDeployment(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/deployment-operations",
    operationId: "listOperations",
    summary: "The operations of a server, newest first",
    tags,
    access: "servers:read",
    query: EnvironmentQuery,
    response: z.array(Operation),
    handle: ({ ctx, params }) => listOperations(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/deployment-operations/{operation}",
    operationId: "getOperation",
    summary: "One operation with its steps",
    tags,
    access: "servers:read",
    response: Operation,
    handle: ({ ctx, params }) => getOperation(ctx, { server: params.server, operation: params.operation }),
  }),
];
