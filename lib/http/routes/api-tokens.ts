import { z } from "zod";
import { ApiToken, CreateApiToken, CreatedApiToken } from "#lib/contract/index.ts";
import { createApiToken, listApiTokens, revokeApiToken } from "#lib/domain/api-tokens/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["API tokens"];

export const apiTokenRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/api-tokens",
    operationId: "listApiTokens",
    summary: "The organization's API tokens, newest first; never their secrets",
    tags,
    access: "tokens:read",
    response: z.array(ApiToken),
    handle: ({ ctx }) => listApiTokens(ctx, {}),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/api-tokens",
    operationId: "createApiToken",
    summary: "Make an API token; the answer holds its secret, this once",
    tags,
    access: "tokens:write",
    body: CreateApiToken,
    idempotency: "optional",
    response: CreatedApiToken,
    status: 201,
    example: { body: { name: "CI", scopes: ["servers:read"], expiresAt: null } },
    handle: ({ ctx, body }) => createApiToken(ctx, body),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/api-tokens/{tokenId}",
    operationId: "revokeApiToken",
    summary: "Revoke an API token",
    tags,
    access: "tokens:write",
    response: null,
    handle: ({ ctx, params }) => revokeApiToken(ctx, { tokenId: params.tokenId }),
  }),
];
