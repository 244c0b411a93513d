"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Card } from "#components/ui/card.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { formatBytes, formatCounted } from "#components/ui/numbers.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { Time } from "#components/ui/time.tsx";
import {
  deploymentQuery,
  isUnderWay,
  operationsQuery,
  versionsQuery,
} from "#lib/client/queries/deployments.ts";
import { serverConfigQuery } from "#lib/client/queries/servers.ts";
import type { Operation } from "#lib/contract/index.ts";
import { AccessNote } from "./access-note.tsx";
import { CheckPill } from "./check-pill.tsx";
import { Elapsed } from "./elapsed.tsx";
import { OperationButton } from "./operation-button.tsx";
import { OperationPill } from "./operation-pill.tsx";
import { wayTo } from "./operation-requests.ts";
import { stepLabel, stepUnderWay } from "./operation-steps.tsx";
import { useServer } from "./server-context.tsx";
import { ServerStatusPill } from "./server-status-pill.tsx";
import { ServerUrl } from "./server-url.tsx";

const brings = (operation: Operation, semver: string | undefined): boolean =>
  (operation.kind === "publish" || operation.kind === "rollback") &&
  operation.version === semver &&
  (operation.state === "succeeded" || isUnderWay(operation));

/** Whether it serves, where, which version since when and by whom, and the switches. */
export function DeploymentCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const { data: deployment } = useQuery(deploymentQuery(org, server.slug));
  const { data: operations } = useQuery(operationsQuery(org, server.slug));
  const version = deployment?.activeVersion;
  const operation = deployment?.lastOperation;
  const brought = operations?.find((candidate) => brings(candidate, server.activeVersion?.semver));
  return (
    <Card title="Deployment" actions={<DeploymentActions before={brought?.previousVersion ?? null} />}>
      {operation && isUnderWay(operation) ? <UnderWay operation={operation} /> : null}
      <DefinitionList>
        <Definition term="Publish status">
          <span className="inline-flex flex-wrap items-center gap-2">
            <ServerStatusPill status={server.status} />
            {operation && !isUnderWay(operation) ? (
              <span className="inline-flex items-center gap-1.5 text-muted text-xs">
                last {operation.kind} <OperationPill state={operation.state} />{" "}
                <Time value={operation.createdAt} />
              </span>
            ) : null}
          </span>
        </Definition>
        {server.kind === "connected" ? (
          <>
            <Definition term="Upstream">
              <span className="break-all font-mono text-xs">{server.upstreamUrl}</span>
            </Definition>
            <Definition term="Reachability">
              <Reachability />
            </Definition>
          </>
        ) : (
          <Definition term="Version">
            {server.activeVersion ? (
              <span className="inline-flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium font-mono">{server.activeVersion.semver}</span>
                <span className="text-muted">
                  since <Time value={server.activeVersion.publishedAt} display="short" />
                  {brought?.actor ? ` by ${brought.actor}` : null}
                </span>
                {version ? (
                  <span className="text-faint text-xs">
                    {formatBytes(version.bytes)} ·{" "}
                    <span className="font-mono" title={`SHA-256 ${version.sha256}`}>
                      {version.sha256.slice(0, 12)}
                    </span>
                  </span>
                ) : null}
              </span>
            ) : (
              <span className="text-muted">Nothing published yet</span>
            )}
          </Definition>
        )}
        <Definition term="Active MCP URL">
          <ServerUrl url={server.mcpUrl} />
          <AccessNote server={server} />
        </Definition>
        <ConfigurationFacts />
      </DefinitionList>
    </Card>
  );
}

/** What happens right now, in one line that leads to its steps. */
function UnderWay({ operation }: { operation: Operation }) {
  const step = stepUnderWay(operation.steps);
  return (
    <p
      role="status"
      className="flex min-h-9 flex-wrap items-center gap-x-2 border-b bg-accent-soft px-4 py-1.5"
    >
      <Spinner className="text-accent" />
      <span className="font-medium">
        {operation.kind} {operation.version ? <span className="font-mono">{operation.version}</span> : null}
      </span>
      <span className="min-w-0 text-muted">
        {operation.state === "queued" ? "waits for its turn" : step ? stepLabel(step.name) : "is ending"}
        {operation.startedAt ? (
          <>
            {" · "}
            <Elapsed since={operation.startedAt} />
          </>
        ) : null}
      </span>
      <a href="#operations" className="ml-auto rounded-sm text-accent text-xs hover:underline">
        Show steps
      </a>
    </p>
  );
}

/** `before` is the version that the active one replaced. */
function DeploymentActions({ before }: { before: string | null }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const isHosted = server.kind === "hosted";
  const { data: versions = [] } = useQuery({ ...versionsQuery(org, server.slug), enabled: isHosted });
  if (server.status !== "active") {
    if (isHosted && server.activeVersion === null) return null;
    return <OperationButton request={{ kind: "activate" }} variant="primary" />;
  }
  return (
    <>
      {before !== null && wayTo(versions, before) !== null ? (
        <OperationButton request={{ kind: "rollback", version: before }} />
      ) : null}
      {isHosted ? <OperationButton request={{ kind: "restart" }} /> : null}
      <OperationButton request={{ kind: "deactivate" }} />
    </>
  );
}

/** Whether the upstream answered when it was last asked for its tools. */
function Reachability() {
  const { lastSmoke } = useServer();
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <CheckPill status={lastSmoke?.status ?? null} />
      {lastSmoke ? (
        <span className="text-muted text-xs">
          {lastSmoke.error ?? `answered tools/list with ${formatCounted(lastSmoke.toolCount ?? 0, "tool")}`}{" "}
          <Time value={lastSmoke.at} />
        </span>
      ) : (
        <span className="text-muted text-xs">Run checks to ask it.</span>
      )}
    </span>
  );
}

/** What the code or the upstream gets, by name: values are never shown. */
function ConfigurationFacts() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const { data: config } = useQuery(serverConfigQuery(org, server.slug));
  const isHosted = server.kind === "hosted";
  const entries = isHosted ? config?.environment : config?.upstreamHeaders;
  const newest = entries
    ?.map(({ updatedAt }) => updatedAt)
    .sort()
    .at(-1);
  const settings = `/${org}/servers/${server.slug}/settings`;
  const checks = config?.checks;
  const gate = [
    "tools/list",
    checks?.requireBothEras ? "both eras" : null,
    checks && checks.expectedTools.length > 0
      ? formatCounted(checks.expectedTools.length, "expected tool")
      : null,
    checks?.canary ? `canary ${checks.canary.tool}` : null,
  ].filter((part) => part !== null);
  return (
    <>
      <Definition term={isHosted ? "Environment" : "Upstream headers"}>
        <span className="flex min-h-5 flex-wrap items-baseline gap-x-2">
          {entries === undefined ? null : entries.length === 0 ? (
            <span className="text-muted">None set</span>
          ) : (
            <>
              <span className="min-w-0 truncate font-mono text-xs">
                {entries.map(({ name }) => name).join(", ")}
              </span>
              {newest ? (
                <span className="text-faint text-xs">
                  changed <Time value={newest} />
                </span>
              ) : null}
            </>
          )}
          <Link
            href={`${settings}#${isHosted ? "environment" : "upstream-headers"}`}
            className="ml-auto rounded-sm text-accent text-xs hover:underline"
            aria-label={isHosted ? "Edit environment variables" : "Edit upstream headers"}
          >
            Edit
          </Link>
        </span>
      </Definition>
      <Definition term="Release gate">
        <span className="flex min-h-5 flex-wrap items-baseline gap-x-2">
          {config === undefined ? null : <span>{gate.join(" · ")}</span>}
          <Link
            href={`${settings}#release-policy`}
            className="ml-auto rounded-sm text-accent text-xs hover:underline"
            aria-label="Edit release policy"
          >
            Edit
          </Link>
        </span>
      </Definition>
    </>
  );
}
