import {
  AcceptedInvitation,
  AcceptInvitation,
  CompleteSetup,
  InvitationPreview,
  InvitationToken,
  SetupResult,
  SetupStatus,
} from "#lib/contract/index.ts";
import {
  acceptInvitation,
  completeSetup,
  isSetupNeeded,
  previewInvitation,
} from "#lib/domain/organizations/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Setup"];

export const setupRoutes = [
  defineRoute({
    method: "GET",
    path: "/setup",
    operationId: "getSetup",
    summary: "Whether the first owner is still to be made",
    tags,
    access: "public",
    response: SetupStatus,
    handle: async ({ system }) => ({ needed: await isSetupNeeded(system) }),
  }),
  defineRoute({
    method: "POST",
    path: "/setup",
    operationId: "completeSetup",
    summary: "Make the first organization and its owner, with the token that the server printed",
    tags,
    access: "public",
    body: CompleteSetup,
    response: SetupResult,
    status: 201,
    example: {
      body: {
        token: "printed-at-start",
        organizationName: "Acme",
        name: "Ada Lovelace",
        email: "ada@example.com",
        password: "correct horse battery",
      },
    },
    handle: ({ system, body, requestId }) => completeSetup(system, body, requestId),
  }),
  defineRoute({
    method: "POST",
    path: "/invitations/preview",
    operationId: "previewInvitation",
    summary: "What an invitation's link offers, for whoever holds it",
    tags,
    access: "public",
    body: InvitationToken,
    response: InvitationPreview,
    example: { body: { token: "from-the-link" } },
    handle: ({ system, body }) => previewInvitation(system, body.token),
  }),
  defineRoute({
    method: "POST",
    path: "/invitations/accept",
    operationId: "acceptInvitation",
    summary: "Join an organization with an invitation's link and a password",
    tags,
    access: "public",
    body: AcceptInvitation,
    response: AcceptedInvitation,
    example: { body: { token: "from-the-link", password: "correct horse battery" } },
    handle: ({ system, body, address, requestId }) => acceptInvitation(system, body, { address, requestId }),
  }),
];
