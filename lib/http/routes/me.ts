import { z } from "zod";
import type { Principal } from "#lib/auth/index.ts";
import { ChangePassword, Me, Organization } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { changePassword, signOutEverywhere } from "#lib/domain/accounts/index.ts";
import { listOrganizationsOfToken, listOrganizationsOfUser } from "#lib/domain/organizations/index.ts";
import { defineRoute } from "../define-route.ts";

const organizationsOf = (system: System, principal: Principal) =>
  principal.via === "apiToken"
    ? listOrganizationsOfToken(system, principal.organizationId, principal.scopes)
    : listOrganizationsOfUser(system, principal.actor.userId);

const identityOf = ({ actor }: Principal) =>
  actor.kind === "user"
    ? { kind: actor.kind, id: actor.userId, name: actor.name, email: actor.email }
    : { kind: actor.kind, id: actor.tokenId, name: actor.name, email: null };

export const meRoutes = [
  defineRoute({
    method: "GET",
    path: "/me",
    operationId: "getMe",
    summary: "Who is calling, and the organizations they can act in",
    tags: ["Account"],
    access: "authenticated",
    response: Me,
    handle: async ({ system, principal }) => ({
      ...identityOf(principal),
      organizations: await organizationsOf(system, principal),
    }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations",
    operationId: "listOrganizations",
    summary: "The organizations that the caller can act in, by name",
    tags: ["Organizations"],
    access: "authenticated",
    response: z.array(Organization),
    handle: ({ system, principal }) => organizationsOf(system, principal),
  }),
  defineRoute({
    method: "POST",
    path: "/me/password",
    operationId: "changePassword",
    summary: "Change the caller's own password; every session ends",
    tags: ["Account"],
    access: "authenticated",
    body: ChangePassword,
    response: null,
    example: { body: { currentPassword: "correct horse battery", newPassword: "a longer horse battery" } },
    handle: (call) => changePassword(call, call.body).then(() => undefined),
  }),
  defineRoute({
    method: "POST",
    path: "/me/sign-out-everywhere",
    operationId: "signOutEverywhere",
    summary: "End every session of the caller's account, this one too",
    tags: ["Account"],
    access: "authenticated",
    response: null,
    handle: (call) => signOutEverywhere(call).then(() => undefined),
  }),
];
