import { CreateOrganization, Organization, UpdateOrganization } from "#lib/contract/index.ts";
import {
  createOwnOrganization,
  getOrganization,
  updateOrganization,
} from "#lib/domain/organizations/index.ts";
import { defineRoute } from "../define-route.ts";

export const organizationRoutes = [
  defineRoute({
    method: "POST",
    path: "/organizations",
    operationId: "createOrganization",
    summary: "Make one more organization, owned by the caller, who must own one already; not with a token",
    tags: ["Organizations"],
    access: "authenticated",
    body: CreateOrganization,
    response: Organization,
    status: 201,
    example: { body: { name: "Acme Labs", slug: "acme-labs" } },
    handle: ({ system, actor, requestId, body }) => createOwnOrganization({ system, actor, requestId }, body),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}",
    operationId: "getOrganization",
    summary: "An organization, as the caller sees it",
    tags: ["Organizations"],
    access: "organization:read",
    response: Organization,
    handle: ({ ctx }) => getOrganization(ctx, {}),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}",
    operationId: "updateOrganization",
    summary: "Rename an organization",
    tags: ["Organizations"],
    access: "organization:write",
    body: UpdateOrganization,
    response: Organization,
    example: { body: { name: "Acme Europe" } },
    handle: ({ ctx, body }) => updateOrganization(ctx, body),
  }),
];
