import { z } from "zod";
import { AddMember, CreatedInvitation, Invitation, Member, UpdateMember } from "#lib/contract/index.ts";
import {
  changeMemberRole,
  inviteMember,
  listInvitations,
  listMembers,
  removeMember,
  revokeInvitation,
} from "#lib/domain/organizations/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Members"];

export const memberRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/members",
    operationId: "listMembers",
    summary: "Everybody in the organization, by name",
    tags,
    access: "members:read",
    response: z.array(Member),
    handle: ({ ctx }) => listMembers(ctx, {}),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/members",
    operationId: "inviteMember",
    summary: "Invite somebody; the answer holds a link that works once",
    tags,
    access: "members:write",
    body: AddMember,
    idempotency: "optional",
    response: CreatedInvitation,
    status: 201,
    example: { body: { email: "grace@example.com", name: "Grace Hopper", role: "viewer" } },
    handle: async ({ ctx, system, body }) => {
      const { invitation, secret } = await inviteMember(ctx, body);
      return { ...invitation, inviteUrl: `${system.auth.publicOrigin}/invite/${secret}` };
    },
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/members/{userId}",
    operationId: "changeMemberRole",
    summary: "Give a member another role",
    tags,
    access: "members:write",
    body: UpdateMember,
    response: Member,
    example: { body: { role: "viewer" } },
    handle: ({ ctx, params, body }) => changeMemberRole(ctx, { userId: params.userId, ...body }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/members/{userId}",
    operationId: "removeMember",
    summary: "Remove a member; their sessions end and their API tokens are revoked",
    tags,
    access: "members:write",
    response: null,
    handle: ({ ctx, params }) => removeMember(ctx, { userId: params.userId }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/invitations",
    operationId: "listInvitations",
    summary: "The invitations that can still be accepted, newest first",
    tags,
    access: "members:read",
    response: z.array(Invitation),
    handle: ({ ctx }) => listInvitations(ctx, {}),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/invitations/{invitationId}",
    operationId: "revokeInvitation",
    summary: "Withdraw an invitation",
    tags,
    access: "members:write",
    response: null,
    handle: ({ ctx, params }) => revokeInvitation(ctx, { invitationId: params.invitationId }),
  }),
];
