"use client";

// What do these servers write right now, together?

import { useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsArrayOf, parseAsString, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { FillWindow } from "./fill-window.tsx";
import { ServerPicker } from "./server-picker.tsx";

const LiveLogViewer = dynamic(() => import("./live-log-viewer.tsx").then((module) => module.LiveLogViewer), {
  ssr: false,
});

const SLUGS = parseAsArrayOf(parseAsString).withDefault([]);

/** The live logs of several servers in one list: `?servers=` names them, `?with=` ticks one to choose others for. */
export function MergedLogPage() {
  const { slug: org } = useOrganization();
  const servers = useQuery(serversQuery(org));
  const [{ servers: slugs, with: ticked }, setView] = useQueryStates({ servers: SLUGS, with: SLUGS });
  const wanted = useMemo(() => [...new Set(slugs)].slice(0, viewerLimits.mergedServersMax), [slugs]);
  if (servers.data === undefined) {
    return (
      <>
        <PageHeader title="Live logs" />
        <PageBody>
          {servers.isError ? (
            <QueryError query={servers} title="The servers could not be loaded" />
          ) : (
            <Spinner />
          )}
        </PageBody>
      </>
    );
  }
  const { data } = servers;
  const chosen = wanted.flatMap((slug) => data.find((server) => server.slug === slug) ?? []);
  const unknown = wanted.filter((slug) => !data.some((server) => server.slug === slug));
  const [first, ...others] = chosen;
  if (first === undefined) {
    return (
      <>
        <PageHeader title="Live logs" />
        <PageBody>
          <UnknownServers slugs={unknown} />
          <ServerPicker
            servers={data}
            initial={ticked}
            onChoose={(picked) => void setView({ servers: picked, with: null }, { history: "push" })}
          />
        </PageBody>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Live logs"
        actions={
          <Button onClick={() => void setView({ servers: null, with: wanted }, { history: "push" })}>
            <ListChecks aria-hidden="true" />
            Choose servers
          </Button>
        }
      />
      <UnknownServers slugs={unknown} />
      <FillWindow>
        <LiveLogViewer
          key={chosen.map(({ id }) => id).join(" ")}
          organization={org}
          server={first}
          others={others}
          className="h-full border-t"
        />
      </FillWindow>
    </>
  );
}

function UnknownServers({ slugs }: { slugs: readonly string[] }) {
  if (slugs.length === 0) return null;
  return (
    <Notice tone="warn" className="mx-4 my-3 md:mx-6">
      There is no server here named {slugs.map((slug) => slug.slice(0, 63)).join(", ")}.
    </Notice>
  );
}
