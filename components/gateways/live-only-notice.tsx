"use client";

import { useQuery } from "@tanstack/react-query";
import { Notice } from "#components/ui/notice.tsx";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { useGateway } from "./gateway-context.tsx";

/** Says of which servers no decision is stored, because they store no history. */
export function LiveOnlyNotice() {
  const { org, gateway } = useGateway();
  const servers = useQuery(serversQuery(org));
  const silent = (servers.data ?? [])
    .filter((server) => server.retentionDays === 0 && server.gateway?.id === gateway.id)
    .map((server) => server.name);
  if (silent.length === 0) return null;
  return (
    <Notice>
      {`${silent.join(", ")} ${silent.length === 1 ? "stores" : "store"} no history, so decisions about ${silent.length === 1 ? "it" : "them"} are counted and not listed here.`}
    </Notice>
  );
}
