"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, Package, Upload } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatBytes } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { publishVersion, versionsQuery } from "#lib/client/queries/deployments.ts";
import { useServer } from "./server-context.tsx";
import { useOperationAction } from "./use-operation-action.ts";

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
  const publish = useOperationAction<string>({
    org,
    server,
    act: (semver) => publishVersion(org, server.slug, semver),
    done: (operation) => `${server.name} ${operation.version ?? ""} is serving`,
  });
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
                <TableHeader numeric>Size</TableHeader>
                <TableHeader className="hidden sm:table-cell">SHA-256</TableHeader>
                <TableHeader>Uploaded</TableHeader>
                <TableHeader className="hidden sm:table-cell">By</TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {versions.data.map((version) => (
                <TableRow key={version.id}>
                  <TableCell className="font-mono text-xs">{version.semver}</TableCell>
                  <TableCell numeric>{formatBytes(version.bytes)}</TableCell>
                  <TableCell
                    className="hidden font-mono text-faint text-xs sm:table-cell"
                    title={version.sha256}
                  >
                    {version.sha256.slice(0, 12)}
                  </TableCell>
                  <TableCell className="text-muted">
                    <Time value={version.createdAt} />
                  </TableCell>
                  <TableCell className="hidden max-w-36 truncate text-muted sm:table-cell">
                    {version.createdBy ?? "–"}
                  </TableCell>
                  <TableCell className="text-right">
                    {version.active ? (
                      <Pill tone={server.status === "active" ? "ok" : "neutral"} icon={Check}>
                        {server.status === "active" ? "serving" : "current"}
                      </Pill>
                    ) : mayPublish ? (
                      <Button
                        size="sm"
                        variant="ghost"
                        pending={publish.isPending && publish.variables === version.semver}
                        disabled={publish.isPending}
                        onClick={() => publish.mutate(version.semver)}
                      >
                        Publish
                      </Button>
                    ) : null}
                  </TableCell>
                </TableRow>
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
