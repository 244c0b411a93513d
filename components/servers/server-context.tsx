"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { serverQuery } from "#lib/client/queries/servers.ts";
import type { Server } from "#lib/contract/index.ts";

const ServerContext = createContext<Server | null>(null);

/** Gives every part of a server's pages the same server: first as the page was rendered, then as it is now. */
export function ServerProvider({ initial, children }: { initial: Server; children: ReactNode }) {
  const { slug: org } = useOrganization();
  const server = useQuery({ ...serverQuery(org, initial.slug), initialData: initial });
  return <ServerContext value={server.data}>{children}</ServerContext>;
}

/** The server of the page. */
export function useServer(): Server {
  const server = useContext(ServerContext);
  if (server === null) throw new Error("useServer needs a ServerProvider above it");
  return server;
}
