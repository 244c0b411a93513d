import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AccessKey,
  Attachment,
  AttachServer,
  CreateAccessKey,
  CreatedAccessKey,
  CreateGateway,
  CreateGrant,
  DoctorReport,
  Gateway,
  GatewayListItem,
  Grant,
  UpdateGateway,
  UpdateGrant,
} from "#lib/contract/index.ts";
import { gatewayLimits } from "#lib/kernel/limits/gateways.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";
import { serverKey, serverPath } from "./servers.ts";

/** What the doctor may take, with what the way to it takes. */
const DOCTOR_TIMEOUT_MS = gatewayLimits.doctorTimeoutMs + 10_000;

/** All gateways live under this key; after a change of one, invalidate it. */
export const gatewaysKey = (org: string) => [...organizationKey(org), "gateways"] as const;
/** Everything of one gateway. `gateway` is its id or its name, as in the address. */
export const gatewayKey = (org: string, gateway: string) => [...gatewaysKey(org), gateway] as const;
export const gatewayPath = (org: string, gateway: string, ...rest: string[]): string =>
  apiPath("organizations", org, "gateways", gateway, ...rest);

export const gatewaysQuery = (org: string) =>
  queryOptions({
    queryKey: [...gatewaysKey(org), "list"],
    queryFn: ({ signal }) =>
      api.get<GatewayListItem[]>(apiPath("organizations", org, "gateways"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const gatewayQuery = (org: string, gateway: string) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "self"],
    queryFn: ({ signal }) => api.get<Gateway>(gatewayPath(org, gateway), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const grantsQuery = (org: string, gateway: string) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "grants"],
    queryFn: ({ signal }) => api.get<Grant[]>(gatewayPath(org, gateway, "grants"), { signal }),
  });

export const gatewayKeysQuery = (org: string, gateway: string) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "keys"],
    queryFn: ({ signal }) => api.get<AccessKey[]>(gatewayPath(org, gateway, "keys"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const attachmentsQuery = (org: string, gateway: string) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "servers"],
    queryFn: ({ signal }) => api.get<Attachment[]>(gatewayPath(org, gateway, "servers"), { signal }),
  });

/** The keys of a server's direct URL. */
export const serverKeysQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "keys"],
    queryFn: ({ signal }) => api.get<AccessKey[]>(serverPath(org, server, "keys"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const createGateway = (org: string, input: z.input<typeof CreateGateway>) =>
  api.post<Gateway>(apiPath("organizations", org, "gateways"), input);
export const updateGateway = (org: string, gateway: string, change: z.input<typeof UpdateGateway>) =>
  api.patch<Gateway>(gatewayPath(org, gateway), change);
/** Refused with `conflict` while servers are attached. */
export const deleteGateway = (org: string, gateway: string) => api.delete(gatewayPath(org, gateway));

export const createGrant = (org: string, gateway: string, input: CreateGrant) =>
  api.post<Grant>(gatewayPath(org, gateway, "grants"), input);
export const updateGrant = (
  org: string,
  gateway: string,
  grant: string,
  change: z.input<typeof UpdateGrant>,
) => api.patch<Grant>(gatewayPath(org, gateway, "grants", grant), change);
export const deleteGrant = (org: string, gateway: string, grant: string) =>
  api.delete(gatewayPath(org, gateway, "grants", grant));

/** The answer holds the secret, this once. */
export const createGatewayKey = (org: string, gateway: string, input: z.input<typeof CreateAccessKey>) =>
  api.post<CreatedAccessKey>(gatewayPath(org, gateway, "keys"), input);
export const revokeGatewayKey = (org: string, gateway: string, key: string) =>
  api.delete(gatewayPath(org, gateway, "keys", key));
/** The answer holds the secret, this once. */
export const createServerKey = (org: string, server: string, input: z.input<typeof CreateAccessKey>) =>
  api.post<CreatedAccessKey>(serverPath(org, server, "keys"), input);
export const revokeServerKey = (org: string, server: string, key: string) =>
  api.delete(serverPath(org, server, "keys", key));

/** Puts a server behind a gateway, or moves it there; its direct URL closes. */
export const attachServer = (org: string, server: string, input: z.input<typeof AttachServer>) =>
  api.put<Attachment>(serverPath(org, server, "gateway"), input);
/** Gives the direct URL back. */
export const detachServer = (org: string, server: string) => api.delete(serverPath(org, server, "gateway"));

/** What a client would meet at each public URL. `credential`: a key or an access token, used once, not stored. */
export const runGatewayDoctor = (org: string, gateway: string, credential?: string) =>
  api.post<DoctorReport>(
    gatewayPath(org, gateway, "doctor"),
    credential === undefined ? {} : { credential },
    { timeoutMs: DOCTOR_TIMEOUT_MS },
  );
