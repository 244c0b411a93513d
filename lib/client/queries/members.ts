import { queryOptions } from "@tanstack/react-query";
import type { Member, Role } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { organizationKey } from "./organizations.ts";

export const membersQuery = (org: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "members"],
    queryFn: ({ signal }) => api.get<Member[]>(apiPath("organizations", org, "members"), { signal }),
  });

export const updateMember = (org: string, userId: string, role: Role) =>
  api.patch<Member>(apiPath("organizations", org, "members", userId), { role });
export const removeMember = (org: string, userId: string) =>
  api.delete(apiPath("organizations", org, "members", userId));
