import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { ApiToken, CreateApiToken, CreatedApiToken } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { organizationKey } from "./organizations.ts";

export const apiTokensQuery = (org: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "api-tokens"],
    queryFn: ({ signal }) => api.get<ApiToken[]>(apiPath("organizations", org, "api-tokens"), { signal }),
  });

export const createApiToken = (org: string, input: z.input<typeof CreateApiToken>) =>
  api.post<z.infer<typeof CreatedApiToken>>(apiPath("organizations", org, "api-tokens"), input);
export const revokeApiToken = (org: string, token: string) =>
  api.delete(apiPath("organizations", org, "api-tokens", token));
