"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { gatewayQuery } from "#lib/client/queries/gateways.ts";
import type { Gateway } from "#lib/contract/index.ts";

const GatewayContext = createContext<Gateway | null>(null);

/** Gives every part of a gateway's pages the same gateway: first as the page was rendered, then as it is now. */
export function GatewayProvider({ initial, children }: { initial: Gateway; children: ReactNode }) {
  const { slug: org } = useOrganization();
  const gateway = useQuery({ ...gatewayQuery(org, initial.id), initialData: initial });
  return <GatewayContext value={gateway.data}>{children}</GatewayContext>;
}

/** The gateway of the page, and whether the person may change it. */
export function useGateway(): { org: string; gateway: Gateway; mayWrite: boolean } {
  const { slug: org, can } = useOrganization();
  const gateway = useContext(GatewayContext);
  if (gateway === null) throw new Error("useGateway needs a GatewayProvider above it");
  return { org, gateway, mayWrite: can("gateways:write") };
}
