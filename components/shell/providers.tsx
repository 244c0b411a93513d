"use client";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { RenderedAt } from "#components/ui/use-now.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { signInUrl } from "./sign-in-url.ts";

const Toaster = dynamic(() => import("#components/ui/toaster.tsx").then((module) => module.Toaster), {
  ssr: false,
});
let browserClient: QueryClient | undefined;

/** One cache for the life of the page in the browser; a fresh one per render on the server. */
function queryClient(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  browserClient ??= makeQueryClient(() => {
    const { pathname, search } = window.location;
    if (!pathname.startsWith("/sign-in"))
      window.location.assign(signInUrl(`${pathname}${search}`, "expired"));
  });
  return browserClient;
}

/** What every page needs around it in the browser. */
export function Providers({ renderedAtMs, children }: { renderedAtMs: number; children: ReactNode }) {
  return (
    <RenderedAt value={renderedAtMs}>
      <QueryClientProvider client={queryClient()}>
        <NuqsAdapter>{children}</NuqsAdapter>
      </QueryClientProvider>
      <Toaster />
    </RenderedAt>
  );
}
