"use client";

import Link from "next/link";
import { startHref } from "#components/incidents/start-href.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { AgentServer, EffectiveTool } from "#lib/contract/index.ts";
import { useAgent } from "./agent-context.tsx";
import { lookOfToolReason } from "./tool-reasons.ts";

const HEADS = ["Tool", "For this agent", "Why"];

interface EffectiveToolsTableProps {
  org: string;
  tools: readonly EffectiveTool[];
  /** Knows through which gateway each server is called. */
  servers: readonly AgentServer[];
}

/** One row per tool; a server whose tools nobody knows has one row of its own. */
export function EffectiveToolsTable({ org, tools, servers }: EffectiveToolsTableProps) {
  const gatewayOf = new Map(servers.map(({ serverId, gateway }) => [serverId, gateway]));
  return (
    <Table label="Effective tools">
      <ToolsTableHead />
      <TableBody>
        {tools.map((tool) => {
          const gateway = gatewayOf.get(tool.serverId) ?? null;
          const { label, tone, icon } = lookOfToolReason(tool.reason, tool.isAllowed);
          return (
            <TableRow key={`${tool.serverId} ${tool.tool ?? ""}`}>
              <TableCell className="max-w-0 align-top sm:w-1/3 sm:max-w-64">
                <Link
                  data-row={tool.isAllowed ? "" : "error"}
                  href={
                    tool.tool === null
                      ? `/${org}/servers/${tool.serverSlug}`
                      : `/${org}/servers/${tool.serverSlug}/tools?tool=${encodeURIComponent(tool.tool)}`
                  }
                  className="block truncate rounded-sm font-mono text-xs hover:underline"
                >
                  {tool.tool === null ? "all of its tools" : withSigns(tool.tool)}
                </Link>
                <span className="block truncate text-faint text-xs">{tool.serverSlug}</span>
                <span className="mt-1 block whitespace-normal sm:hidden">
                  <Why org={org} tool={tool} gateway={gateway} />
                </span>
              </TableCell>
              <TableCell className="w-px align-top">
                <Pill tone={tone} icon={icon}>
                  {label}
                </Pill>
              </TableCell>
              <TableCell className="hidden whitespace-normal align-top sm:table-cell">
                <Why org={org} tool={tool} gateway={gateway} />
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

interface WhyProps {
  org: string;
  tool: EffectiveTool;
  gateway: AgentServer["gateway"];
}

/** What decided it, and the way to the place where it can be changed. */
function Why({ org, tool, gateway }: WhyProps) {
  const grants = gateway === null ? null : `/${org}/gateways/${gateway.id}/grants`;
  return (
    <span className="text-muted text-xs">
      {tool.explanation} <ToolBroke tool={tool} />{" "}
      {grants === null || (tool.grantId === null && tool.reason !== "grant_missing") ? null : (
        <Link
          href={tool.grantId === null ? grants : `${grants}?grant=${encodeURIComponent(tool.grantId)}`}
          className="whitespace-nowrap rounded-sm text-accent hover:underline"
        >
          {tool.grantId === null ? "Open the grants" : "The grant"}
        </Link>
      )}
    </span>
  );
}

/** From a tool that the agent does not get to a walkthrough about it. */
function ToolBroke({ tool }: { tool: EffectiveTool }) {
  const { org, agent } = useAgent();
  const { can } = useOrganization();
  if (tool.isAllowed || !can("incidents:write")) return null;
  return (
    <Link
      href={startHref(org, {
        symptom: "agent_fails",
        server: tool.serverSlug,
        agent: agent.id,
        tool: tool.tool,
      })}
      prefetch={false}
      className="whitespace-nowrap rounded-sm text-accent hover:underline"
    >
      What broke?
    </Link>
  );
}

const ToolsTableHead = () => (
  <TableHead>
    <TableRow>
      {HEADS.map((head, index) => (
        <TableHeader key={head} className={index === 2 ? "hidden sm:table-cell" : undefined}>
          {head}
        </TableHeader>
      ))}
    </TableRow>
  </TableHead>
);

const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e"];

/** The table's shape while it loads. */
export const EffectiveToolsTableSkeleton = () => (
  <Table label="Effective tools are loading" aria-busy="true">
    <ToolsTableHead />
    <TableBody>
      {ROWS_OF_SKELETON.map((row) => (
        <TableRow key={row}>
          <TableCell className="h-13">
            <Skeleton className="w-36" />
          </TableCell>
          <TableCell>
            <Skeleton className="w-20" />
          </TableCell>
          <TableCell className="hidden sm:table-cell">
            <Skeleton className="w-2/3" />
          </TableCell>
        </TableRow>
      ))}
    </TableBody>
  </Table>
);
