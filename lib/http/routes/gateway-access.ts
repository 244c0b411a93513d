import { z } from "zod";
import {
  AccessKey,
  Attachment,
  AttachServer,
  CreateAccessKey,
  CreatedAccessKey,
} from "#lib/contract/index.ts";
import {
  attachServer,
  createGatewayKey,
  createServerKey,
  detachServer,
  listAttachments,
  listGatewayKeys,
  listServerKeys,
  revokeGatewayKey,
  revokeServerKey,
} from "#lib/domain/gateways/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Gateways"];

/** The keys that open a gateway or a direct URL, and which gateway fronts a server. */
export const accessRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways/{gateway}/servers",
    operationId: "listAttachments",
    summary: "The servers behind a gateway with their public URLs, by name",
    tags,
    access: "gateways:read",
    response: z.array(Attachment),
    handle: ({ ctx, params }) => listAttachments(ctx, params),
  }),
  defineRoute({
    method: "PUT",
    path: "/organizations/{org}/mcp-servers/{server}/gateway",
    operationId: "attachServer",
    summary: "Put a server behind a gateway: it gets a public URL there, and its direct URL closes",
    tags,
    access: "gateways:write",
    body: AttachServer,
    response: Attachment,
    example: { body: { gatewayId: "Partners" } },
    handle: ({ ctx, params, body }) => attachServer(ctx, { ...body, server: params.server }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/mcp-servers/{server}/gateway",
    operationId: "detachServer",
    summary: "Take a server out of its gateway: its direct URL answers again as its direct access says",
    tags,
    access: "gateways:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await detachServer(ctx, { server: params.server });
      return undefined;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways/{gateway}/keys",
    operationId: "listGatewayKeys",
    summary: "The keys of a gateway, newest first; never their secrets",
    tags,
    access: "gateways:read",
    response: z.array(AccessKey),
    handle: ({ ctx, params }) => listGatewayKeys(ctx, params),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/gateways/{gateway}/keys",
    operationId: "createGatewayKey",
    summary: "Make a key of a gateway; the answer holds its secret, this once",
    tags,
    access: "gateways:write",
    body: CreateAccessKey,
    idempotency: "optional",
    response: CreatedAccessKey,
    status: 201,
    example: { body: { name: "Partner bot", expiresAt: null } },
    handle: ({ ctx, params, body }) => createGatewayKey(ctx, { ...body, gateway: params.gateway }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/gateways/{gateway}/keys/{key}",
    operationId: "revokeGatewayKey",
    summary: "Revoke a key of a gateway; in effect within two seconds",
    tags,
    access: "gateways:write",
    response: null,
    handle: async ({ ctx, params: { gateway, key } }) => {
      await revokeGatewayKey(ctx, { gateway, key });
      return undefined;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/keys",
    operationId: "listServerKeys",
    summary: "The keys of a server's direct URL, newest first; never their secrets",
    tags,
    access: "gateways:read",
    response: z.array(AccessKey),
    handle: ({ ctx, params }) => listServerKeys(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/keys",
    operationId: "createServerKey",
    summary: "Make a key of a server's direct URL, which counts while its direct access is key",
    tags,
    access: "gateways:write",
    body: CreateAccessKey,
    idempotency: "optional",
    response: CreatedAccessKey,
    status: 201,
    example: { body: { name: "Laptop", expiresAt: null } },
    handle: ({ ctx, params, body }) => createServerKey(ctx, { ...body, server: params.server }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/mcp-servers/{server}/keys/{key}",
    operationId: "revokeServerKey",
    summary: "Revoke a key of a server's direct URL; in effect within two seconds",
    tags,
    access: "gateways:write",
    response: null,
    handle: async ({ ctx, params: { server, key } }) => {
      await revokeServerKey(ctx, { server, key });
      return undefined;
    },
  }),
];
