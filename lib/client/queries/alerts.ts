import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AlertChannel,
  AlertDelivery,
  AlertPage,
  AlertRule,
  AlertTest,
  CreateAlertChannel,
  CreatedAlertChannel,
  UpdateAlertRule,
} from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** Everything about alerts lives under this key. */
export const alertsKey = (org: string) => [...organizationKey(org), "alerts"] as const;

export const alertsQuery = (org: string, page: number, asOf: string | null) =>
  queryOptions({
    queryKey: [...alertsKey(org), "list", page, asOf],
    queryFn: ({ signal }) =>
      api.get<AlertPage>(apiPath("organizations", org, "alerts"), {
        signal,
        search: { page, asOf },
      }),
    placeholderData: keepPreviousData,
  });

export const alertChannelsQuery = (org: string) =>
  queryOptions({
    queryKey: [...alertsKey(org), "channels"],
    queryFn: ({ signal }) =>
      api.get<AlertChannel[]>(apiPath("organizations", org, "alert-channels"), { signal }),
    refetchInterval: POLL_MS.live,
  });

export const alertDeliveriesQuery = (org: string) =>
  queryOptions({
    queryKey: [...alertsKey(org), "deliveries"],
    queryFn: ({ signal }) =>
      api.get<AlertDelivery[]>(apiPath("organizations", org, "alert-deliveries"), { signal }),
    refetchInterval: POLL_MS.live,
  });

export const alertRulesQuery = (org: string) =>
  queryOptions({
    queryKey: [...alertsKey(org), "rules"],
    queryFn: ({ signal }) => api.get<AlertRule[]>(apiPath("organizations", org, "alert-rules"), { signal }),
    refetchInterval: POLL_MS.page,
  });
export const updateAlertRule = (org: string, rule: string, change: z.input<typeof UpdateAlertRule>) =>
  api.patch<AlertRule>(apiPath("organizations", org, "alert-rules", rule), change);

export const createAlertChannel = (org: string, input: z.input<typeof CreateAlertChannel>) =>
  api.post<z.infer<typeof CreatedAlertChannel>>(apiPath("organizations", org, "alert-channels"), input);
export const updateAlertChannel = (org: string, channel: string, isOn: boolean) =>
  api.patch<AlertChannel>(apiPath("organizations", org, "alert-channels", channel), { isOn });
export const deleteAlertChannel = (org: string, channel: string) =>
  api.delete(apiPath("organizations", org, "alert-channels", channel));
export const testAlertChannel = (org: string, channel: string) =>
  api.post<z.infer<typeof AlertTest>>(apiPath("organizations", org, "alert-channels", channel, "test"), {});
export const replayAlertDelivery = (org: string, delivery: string) =>
  api.post<undefined>(apiPath("organizations", org, "alert-deliveries", delivery, "replay"), {});
