import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AutoTopUp,
  AutoTopUpSettings,
  CheckoutSession,
  CreateCheckoutSession,
  Purchase,
} from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { billingKey } from "./billing.ts";

const creditsPath = (org: string, ...rest: string[]): string =>
  apiPath("organizations", org, "ai-credits", ...rest);

export const purchasesQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "purchases"],
    queryFn: ({ signal }) => api.get<Purchase[]>(creditsPath(org, "purchases"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const autoTopUpQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "auto-top-up"],
    queryFn: ({ signal }) => api.get<AutoTopUp>(creditsPath(org, "auto-top-up"), { signal }),
    refetchInterval: POLL_MS.page,
  });

/** The same key again goes on with the same checkout. */
export const createCheckout = (
  org: string,
  input: z.infer<typeof CreateCheckoutSession>,
  idempotencyKey: string,
) => api.post<CheckoutSession>(creditsPath(org, "checkout-session"), input, { idempotencyKey });
export const syncCheckout = (org: string, session: string) =>
  api.post<CheckoutSession>(creditsPath(org, "checkout-session", session, "sync"));
export const saveAutoTopUp = (org: string, settings: z.infer<typeof AutoTopUpSettings>) =>
  api.put<AutoTopUp>(creditsPath(org, "auto-top-up"), settings);
export const resumeAutoTopUp = (org: string, idempotencyKey: string) =>
  api.post<AutoTopUp>(creditsPath(org, "auto-top-up", "resume"), undefined, { idempotencyKey });
