"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { POLL_MS } from "#lib/client/polling.ts";
import { billingKey } from "#lib/client/queries/billing.ts";
import { syncCheckout } from "#lib/client/queries/payments.ts";

/** Somebody comes back from paying: asks what became of it until that is known, then says so. */
export function CheckoutReturn() {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [session] = useQueryState("checkout", parseAsString);
  const checkout = useQuery({
    queryKey: [...billingKey(org), "checkout", session],
    queryFn: () => syncCheckout(org, session ?? ""),
    enabled: session !== null,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.status === "open" ? POLL_MS.live : false,
  });
  const txId = checkout.data?.txId ?? null;
  useEffect(() => {
    if (txId === null) return;
    const others = {
      predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => !queryKey.includes("checkout"),
    };
    void queryClient.invalidateQueries({ queryKey: billingKey(org), ...others });
  }, [queryClient, org, txId]);
  if (session === null) return null;
  if (checkout.data === undefined)
    return checkout.isError ? <Notice tone="fail">{messageOf(checkout.error)}</Notice> : null;
  const { status, amountMicros } = checkout.data;
  const amount = moneyText(amountMicros);
  switch (status) {
    case "paid":
      return <Notice tone="ok">{amount} of credits are here.</Notice>;
    case "failed":
      return <Notice tone="fail">The payment of {amount} failed. Nothing was bought.</Notice>;
    case "expired":
      return <Notice tone="warn">The checkout over {amount} has expired. Nothing was bought.</Notice>;
    default:
      return (
        <Notice tone="info">The payment of {amount} is on its way. Credits come when it arrives.</Notice>
      );
  }
}
