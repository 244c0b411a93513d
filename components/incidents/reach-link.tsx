"use client";

import Link from "next/link";
import { buttonStyle } from "#components/ui/button.tsx";
import { useIncident } from "./incident-context.tsx";

/** From the gateway's step to how far each client came, in the window of the incident; nothing where it is about no server. */
export function ReachLink() {
  const { org, incident } = useIncident();
  const { server, agent, client, window } = incident;
  if (server === null) return null;
  const search = new URLSearchParams({
    window: "custom",
    ...window,
    ...(client === null ? {} : { client }),
    ...(agent === null ? {} : { agent: agent.id }),
  });
  return (
    <Link
      href={`/${org}/servers/${server.slug}/reach?${search}`}
      className={buttonStyle({ variant: "ghost", size: "sm" })}
    >
      Did it reach us?
    </Link>
  );
}
