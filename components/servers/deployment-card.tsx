"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { formatBytes } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import {
  activateServer,
  deactivateServer,
  deploymentQuery,
  isUnderWay,
} from "#lib/client/queries/deployments.ts";
import { OperationPill } from "./operation-pill.tsx";
import { useServer } from "./server-context.tsx";
import { ServerStatusPill } from "./server-status-pill.tsx";
import { ServerUrl } from "./server-url.tsx";
import { useOperationAction } from "./use-operation-action.ts";

/** Whether it serves, where, which version since when, and the switch. */
export function DeploymentCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const { data: deployment } = useQuery(deploymentQuery(org, server.slug));
  const version = deployment?.activeVersion;
  const operation = deployment?.lastOperation;
  return (
    <Card title="Deployment" actions={<ActivationButton busy={isUnderWay(operation)} />}>
      <DefinitionList>
        <Definition term="Publish status">
          <span className="inline-flex flex-wrap items-center gap-2">
            <ServerStatusPill status={server.status} />
            {operation ? (
              <span className="inline-flex items-center gap-1.5 text-muted text-xs">
                last {operation.kind} <OperationPill state={operation.state} />{" "}
                <Time value={operation.createdAt} />
              </span>
            ) : null}
          </span>
        </Definition>
        <Definition term="Active MCP URL">
          <ServerUrl url={server.mcpUrl} />
          {server.directAccess === "off" ? (
            <p className="mt-1 text-warn text-xs">Direct access is off: this URL refuses everybody.</p>
          ) : null}
        </Definition>
        {server.kind === "connected" ? (
          <Definition term="Upstream">
            <span className="break-all font-mono text-xs">{server.upstreamUrl}</span>
          </Definition>
        ) : (
          <Definition term="Version">
            {server.activeVersion ? (
              <span className="inline-flex flex-wrap items-baseline gap-x-2">
                <span className="font-mono text-xs">{server.activeVersion.semver}</span>
                <span className="text-muted">
                  since <Time value={server.activeVersion.publishedAt} display="short" />
                </span>
                {version ? (
                  <span className="text-faint text-xs">
                    {formatBytes(version.bytes)} ·{" "}
                    <span className="font-mono">{version.sha256.slice(0, 12)}</span>
                  </span>
                ) : null}
              </span>
            ) : (
              <span className="text-muted">Nothing published yet</span>
            )}
          </Definition>
        )}
      </DefinitionList>
    </Card>
  );
}

function ActivationButton({ busy }: { busy: boolean }) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const [asking, setAsking] = useState(false);
  const activate = useOperationAction({
    org,
    server,
    act: () => activateServer(org, server.slug),
    done: () => `${server.name} is active`,
  });
  const deactivate = useOperationAction({
    org,
    server,
    act: () => deactivateServer(org, server.slug),
    done: () => `${server.name} is inactive`,
    onDone: () => setAsking(false),
  });
  if (!can("deployments:write")) return null;
  if (server.status !== "active") {
    if (server.kind === "hosted" && server.activeVersion === null) return null;
    return (
      <Button
        size="sm"
        variant="primary"
        pending={activate.isPending}
        disabled={busy}
        onClick={() => activate.mutate()}
      >
        Activate
      </Button>
    );
  }
  return (
    <>
      <Button size="sm" disabled={busy} onClick={() => setAsking(true)}>
        Deactivate
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) deactivate.reset();
        }}
        title={`Deactivate ${server.name}?`}
        phrase={server.slug}
        confirmLabel="Deactivate"
        danger
        pending={deactivate.isPending}
        error={deactivate.error ? messageOf(deactivate.error) : null}
        onConfirm={() => deactivate.mutate()}
      >
        Its MCP URL refuses every new call and live logs end; calls in flight finish. The version and all
        history stay, so it can be activated again at any time.
      </ConfirmDialog>
    </>
  );
}
