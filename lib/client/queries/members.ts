import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AcceptedInvitation,
  AcceptInvitation,
  AddMember,
  CreatedInvitation,
  Invitation,
  Member,
  Role,
} from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { organizationKey } from "./organizations.ts";

/** Members and invitations live under this key. */
export const membersKey = (org: string) => [...organizationKey(org), "members"] as const;

export const membersQuery = (org: string) =>
  queryOptions({
    queryKey: [...membersKey(org), "list"],
    queryFn: ({ signal }) => api.get<Member[]>(apiPath("organizations", org, "members"), { signal }),
  });

export const invitationsQuery = (org: string) =>
  queryOptions({
    queryKey: [...membersKey(org), "invitations"],
    queryFn: ({ signal }) => api.get<Invitation[]>(apiPath("organizations", org, "invitations"), { signal }),
  });

export const inviteMember = (org: string, input: z.input<typeof AddMember>) =>
  api.post<CreatedInvitation>(apiPath("organizations", org, "members"), input);
export const revokeInvitation = (org: string, invitation: string) =>
  api.delete(apiPath("organizations", org, "invitations", invitation));
export const changeMemberRole = (org: string, userId: string, role: Role) =>
  api.patch<Member>(apiPath("organizations", org, "members", userId), { role });
export const removeMember = (org: string, userId: string) =>
  api.delete(apiPath("organizations", org, "members", userId));
export const acceptInvitation = (input: z.input<typeof AcceptInvitation>) =>
  api.post<z.infer<typeof AcceptedInvitation>>("/invitations/accept", input);
