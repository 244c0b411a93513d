"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, Package, Upload } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { versionsQuery } from "#lib/client/queries/deployments.ts";
import type { Version } from "#lib/contract/index.ts";
import { OperationButton } from "./operation-button.tsx";
import { wayTo } from "./operation-requests.ts";
import { useServer } from "./server-context.tsx";

const UploadVersionDialog = dynamic(
  () => import("./upload-version-dialog.tsx").then((module) => module.UploadVersionDialog),
  { ssr: false },
);

const ROWS_OF_SKELETON = ["a", "b", "c"];

/** Every stored version of a hosted server, and the way to a new one. */
export function VersionsCard() {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const versions = useQuery(versionsQuery(org, server.slug));
  const [uploading, setUploading] = useQueryState("upload", parseAsBoolean.withDefault(false));
  const mayPublish = can("deployments:write");
  const uploadButton = mayPublish ? (
    <Button size="sm" onClick={() => void setUploading(true)}>
      <Upload aria-hidden="true" />
      Upload
    </Button>
  ) : null;
  return (
    <Card title="Versions" actions={uploadButton}>
      {versions.data === undefined ? (
        versions.isError ? (
          <QueryError query={versions} title="The versions could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-9.5 items-center px-4">
                <Skeleton className="w-2/3" />
              </li>
            ))}
          </ul>
        )
      ) : versions.data.length === 0 ? (
        <EmptyState icon={Package} title="No code yet" action={uploadButton} className="py-8">
          Upload one ES module, or a zip of modules. It is started on trial before anything changes.
        </EmptyState>
      ) : (
        <div className="max-h-96 overflow-y-auto">
          <Table label="Versions">
            <TableHead>
              <TableRow>
                <TableHeader>Version</TableHeader>
                <TableHeader>Published</TableHeader>
                <TableHeader className="hidden sm:table-cell">Uploaded</TableHeader>
                <TableHeader numeric className="hidden sm:table-cell">
                  Size
                </TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {versions.data.map((version) => (
                <VersionRow
                  key={version.id}
                  version={version}
                  way={mayPublish ? wayTo(versions.data, version.semver) : null}
                />
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {uploading && mayPublish ? (
        <UploadVersionDialog open onOpenChange={(open) => void setUploading(open || null)} />
      ) : null}
    </Card>
  );
}

function VersionRow({ version, way }: { version: Version; way: "publish" | "rollback" | null }) {
  const server = useServer();
  return (
    <TableRow>
      <TableCell className="max-w-40">
        <span className="flex items-center gap-1">
          <span className="truncate font-mono text-xs" title={`SHA-256 ${version.sha256}`}>
            {version.semver}
          </span>
          {version.pinnedUrl && server.gateway === null ? (
            <CopyButton value={version.pinnedUrl} label={`Copy the URL pinned to ${version.semver}`} />
          ) : null}
        </span>
      </TableCell>
      <TableCell className="text-muted">
        {version.publishedAt ? <Time value={version.publishedAt} /> : "never"}
      </TableCell>
      <TableCell className="hidden max-w-52 text-muted sm:table-cell">
        <span className="flex items-baseline gap-1.5">
          <Time value={version.createdAt} />
          {version.createdBy ? (
            <span className="truncate text-faint text-xs">{version.createdBy}</span>
          ) : null}
        </span>
      </TableCell>
      <TableCell numeric className="hidden sm:table-cell">
        {formatBytes(version.bytes)}
      </TableCell>
      <TableCell className="text-right">
        {version.active ? (
          <Pill tone={server.status === "active" ? "ok" : "neutral"} icon={Check}>
            {server.status === "active" ? "serving" : "current"}
          </Pill>
        ) : way ? (
          <OperationButton short variant="ghost" request={{ kind: way, version: version.semver }} />
        ) : null}
      </TableCell>
    </TableRow>
  );
}
