import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  CreditAlertSettings,
  CreditExplanation,
  CreditGrant,
  CreditSummary,
  GrantCredits,
  LedgerCategory,
  LedgerPage,
  LedgerTxDetail,
  Plan,
  Reconciliation,
  Statement,
} from "#lib/contract/index.ts";
import { api, apiPath, apiUrl } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** Everything about credits lives under this key; after a change, invalidate it. */
export const billingKey = (org: string) => [...organizationKey(org), "billing"] as const;
const creditsPath = (org: string, ...rest: string[]): string =>
  apiPath("organizations", org, "ai-credits", ...rest);

export const creditSummaryQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "summary"],
    queryFn: ({ signal }) => api.get<CreditSummary>(creditsPath(org, "summary"), { signal }),
    refetchInterval: POLL_MS.live,
  });

/** Which part of the ledger is looked at. Null leaves a side open. */
export interface LedgerView {
  readonly category: LedgerCategory | null;
  readonly agent: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly page: number;
  readonly asOf: string | null;
}

export const ledgerQuery = (org: string, view: LedgerView) =>
  queryOptions({
    queryKey: [...billingKey(org), "ledger", view],
    queryFn: ({ signal }) =>
      api.get<LedgerPage>(creditsPath(org, "ledger"), { signal, search: { ...view, pageSize: LEDGER_PAGE } }),
    placeholderData: keepPreviousData,
    refetchInterval: view.page === 1 ? POLL_MS.page : false,
  });
export const LEDGER_PAGE = 25;

/** Where the same part of the ledger is as a file. */
export const ledgerExportUrl = (org: string, { category, agent, from, to }: LedgerView): string =>
  apiUrl(creditsPath(org, "ledger", "export"), { category, agent, from, to, format: "csv" });

/** A transaction never changes. */
export const ledgerTxQuery = (org: string, tx: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "tx", tx],
    queryFn: ({ signal }) => api.get<LedgerTxDetail>(creditsPath(org, "ledger", tx), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Lengths of the windows that a change of credits is explained for, in hours. */
export const EXPLAINED_HOURS = { "24h": 24, "7d": 168, "30d": 720 } as const;
export type ExplainedWindow = keyof typeof EXPLAINED_HOURS;

export const explanationQuery = (org: string, window: ExplainedWindow) =>
  queryOptions({
    queryKey: [...billingKey(org), "explanation", window],
    queryFn: ({ signal }) =>
      api.get<CreditExplanation>(creditsPath(org, "explanation"), {
        signal,
        search: { from: new Date(Date.now() - EXPLAINED_HOURS[window] * 3_600_000).toISOString() },
      }),
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS.page,
  });

export const creditGrantsQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "grants"],
    queryFn: ({ signal }) => api.get<CreditGrant[]>(creditsPath(org, "grants"), { signal }),
  });

export const statementsQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "statements"],
    queryFn: ({ signal }) => api.get<Statement[]>(creditsPath(org, "statements"), { signal }),
  });

export const reconciliationQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "reconciliation"],
    queryFn: ({ signal }) => api.get<Reconciliation>(creditsPath(org, "reconciliation"), { signal }),
  });

export const planQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "plan"],
    queryFn: ({ signal }) => api.get<Plan>(apiPath("organizations", org, "plan"), { signal }),
  });

export const creditAlertsQuery = (org: string) =>
  queryOptions({
    queryKey: [...billingKey(org), "alerts"],
    queryFn: ({ signal }) => api.get<CreditAlertSettings>(creditsPath(org, "alerts"), { signal }),
  });

/** The same key again gives the same credits, not more of them. */
export const grantCredits = (org: string, input: z.input<typeof GrantCredits>, idempotencyKey: string) =>
  api.post<CreditGrant>(creditsPath(org, "grants"), input, { idempotencyKey });
export const runReconciliation = (org: string) =>
  api.post<Reconciliation>(creditsPath(org, "reconciliation"));
export const changePlan = (org: string, plan: string) =>
  api.put<Plan>(apiPath("organizations", org, "plan"), { plan });
export const saveCreditAlerts = (org: string, settings: CreditAlertSettings) =>
  api.put<CreditAlertSettings>(creditsPath(org, "alerts"), settings);
