"use client";

import { CirclePower, Clock, Lock, LogIn, PlugZap, RefreshCw, Users } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { signInUrl } from "#components/shell/sign-in-url.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import {
  type ConnectionState,
  type Holder,
  isComingBack,
  type RefusalReason,
} from "#lib/client/log-stream/connection.ts";
import type { WatchedServer } from "./watched-server.ts";

interface ConnectionStateViewProps {
  connection: ConnectionState;
  organization: string;
  server: WatchedServer;
  onConnect: () => void;
}

/** Lies over the first rows instead of pushing them: a paused list does not move. */
const STRIP = "items-center rounded-none border-x-0 border-t-0 bg-surface shadow-pop";

type Refused = Extract<ConnectionState, { phase: "refused" }>;

const TITLES: Readonly<Record<RefusalReason, string>> = {
  unauthenticated: "Your session has ended",
  forbidden: "These logs are not yours to see",
  idle: "Closed after five quiet minutes",
  inactive: "This server is not active",
  full: "All places are taken",
};

const ICONS = {
  unauthenticated: LogIn,
  forbidden: Lock,
  idle: Clock,
  inactive: CirclePower,
  full: Users,
} as const;

/** Why there is no stream, with the way on: a whole page while no line is held, a strip above the lines otherwise. */
export function ConnectionStateView(props: ConnectionStateViewProps & { hasLines: boolean }) {
  const { connection, hasLines } = props;
  if (isComingBack(connection)) return hasLines ? <WaitingStrip {...props} /> : <WaitingPage {...props} />;
  if (connection.phase !== "refused") return null;
  return hasLines ? (
    <RefusedStrip {...props} refused={connection} />
  ) : (
    <RefusedPage {...props} refused={connection} />
  );
}

function WaitingStrip({ connection, onConnect }: ConnectionStateViewProps) {
  return (
    <Notice
      tone="warn"
      className={STRIP}
      action={<ConnectNow connection={connection} onConnect={onConnect} />}
    >
      {reasonOf(connection)} Reconnecting; nothing is lost as long as the server still holds it.
    </Notice>
  );
}

function WaitingPage({ connection, onConnect }: ConnectionStateViewProps) {
  return (
    <EmptyState
      icon={PlugZap}
      title="The log stream cannot be reached"
      action={<ConnectNow connection={connection} onConnect={onConnect} />}
    >
      {reasonOf(connection)} This page keeps trying by itself.
    </EmptyState>
  );
}

const reasonOf = (connection: ConnectionState): string =>
  ("message" in connection ? connection.message : null) ?? "The connection was lost.";

/** The button keeps its place while a try is under way, so that nothing flickers. */
function ConnectNow({ connection, onConnect }: Pick<ConnectionStateViewProps, "connection" | "onConnect">) {
  return (
    <Button size="sm" onClick={onConnect} pending={connection.phase !== "waiting"}>
      Reconnect now
    </Button>
  );
}

function RefusedStrip(props: ConnectionStateViewProps & { refused: Refused }) {
  const { refused } = props;
  return (
    <Notice
      tone={refused.reason === "idle" ? "info" : "warn"}
      className={STRIP}
      action={<WayOn {...props} size="sm" />}
    >
      {refused.message} The lines received so far stay here.
      {refused.holders.length > 0 ? <Holders holders={refused.holders} /> : null}
    </Notice>
  );
}

function RefusedPage(props: ConnectionStateViewProps & { refused: Refused }) {
  const { refused } = props;
  return (
    <EmptyState icon={ICONS[refused.reason]} title={TITLES[refused.reason]} action={<WayOn {...props} />}>
      {refused.reason === "inactive"
        ? "Only an active server writes lines. Activate it on its Hosting page, then come back."
        : refused.message}
      {refused.holders.length > 0 ? <Holders holders={refused.holders} /> : null}
      {refused.placeIsFree ? <p className="mt-2 text-ok">A place is free now.</p> : null}
    </EmptyState>
  );
}

function Holders({ holders }: { holders: readonly Holder[] }) {
  return (
    <ul aria-label="Who is watching" className="mx-auto mt-2 grid max-w-64 gap-0.5 text-left text-xs">
      {holders.map((holder) => (
        <li key={`${holder.name} ${holder.since}`} className="flex justify-between gap-4">
          <span className="truncate">{holder.name}</span>
          <span className="text-faint">
            since <Time value={holder.since} display="clock" />
          </span>
        </li>
      ))}
    </ul>
  );
}

function WayOn({
  refused,
  organization,
  server,
  onConnect,
  size = "md",
}: ConnectionStateViewProps & { refused: Refused; size?: "sm" | "md" }): ReactNode {
  const pathname = usePathname();
  switch (refused.reason) {
    case "unauthenticated":
      return (
        <Button size={size} variant="primary" asChild>
          <a href={signInUrl(pathname, "expired")}>Sign in</a>
        </Button>
      );
    case "forbidden":
      return (
        <Button size={size} asChild>
          <Link href={`/${organization}/servers`}>All servers</Link>
        </Button>
      );
    case "inactive":
      return (
        <>
          <Button size={size} variant="primary" asChild>
            <Link href={`/${organization}/servers/${server.slug}/hosting`}>Open Hosting</Link>
          </Button>
          <Button size={size} onClick={onConnect}>
            Check again
          </Button>
        </>
      );
    case "idle":
      return (
        <Button size={size} variant="primary" onClick={onConnect}>
          <RefreshCw aria-hidden="true" />
          Resume
        </Button>
      );
    case "full":
      return (
        <Button size={size} variant={refused.placeIsFree ? "primary" : "secondary"} onClick={onConnect}>
          {refused.placeIsFree ? "Connect" : "Try again"}
        </Button>
      );
  }
}
