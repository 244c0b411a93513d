import { queryOptions } from "@tanstack/react-query";
import type { Deployment, Operation, Version } from "#lib/contract/index.ts";
import { api } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { upload } from "../upload.ts";
import { serverKey, serverPath } from "./servers.ts";

export const isUnderWay = (operation: Pick<Operation, "state"> | null | undefined): boolean =>
  operation?.state === "queued" || operation?.state === "running";

export const deploymentQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "deployment"],
    queryFn: ({ signal }) => api.get<Deployment>(serverPath(org, server, "deployment"), { signal }),
    refetchInterval: ({ state }) =>
      isUnderWay(state.data?.lastOperation) ? POLL_MS.operation : POLL_MS.live,
  });

export const versionsQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "versions"],
    queryFn: ({ signal }) => api.get<Version[]>(serverPath(org, server, "versions"), { signal }),
  });

export const operationsQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "operations"],
    queryFn: ({ signal }) =>
      api.get<Operation[]>(serverPath(org, server, "deployment-operations"), { signal }),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? POLL_MS.operation : POLL_MS.live),
  });

/** One operation with its log, which lists leave out. */
export const operationQuery = (org: string, server: string, operation: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "operations", operation],
    queryFn: ({ signal }) =>
      api.get<Operation>(serverPath(org, server, "deployment-operations", operation), { signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? POLL_MS.steps : false),
  });

/** The media type that the API expects for a bundle file, or null when it is not a bundle. */
export function bundleContentType(fileName: string): string | null {
  if (/\.m?js$/i.test(fileName)) return "application/javascript";
  return /\.zip$/i.test(fileName) ? "application/zip" : null;
}

export const uploadVersion = (input: {
  org: string;
  server: string;
  semver: string;
  file: File;
  onProgress: (ratio: number) => void;
}) =>
  upload<Version>({
    path: serverPath(input.org, input.server, "versions"),
    search: { version: input.semver },
    body: input.file,
    contentType: bundleContentType(input.file.name) ?? "application/octet-stream",
    onProgress: input.onProgress,
  });
export const publishVersion = (org: string, server: string, version: string) =>
  api.post<Operation>(serverPath(org, server, "publish"), { version });
/** Without a version: back to the one that served before. */
export const rollbackServer = (org: string, server: string, version?: string) =>
  api.post<Operation>(serverPath(org, server, "rollback"), version === undefined ? {} : { version });
export const restartServer = (org: string, server: string) =>
  api.post<Operation>(serverPath(org, server, "restart"));
/** Asks the operation to stop at its next safe point; after the switch it is too late. */
export const cancelOperation = (org: string, server: string, operation: string) =>
  api.post<Operation>(serverPath(org, server, "deployment-operations", operation, "cancel"));
export const activateServer = (org: string, server: string) =>
  api.post<Operation>(serverPath(org, server, "activate"));
export const deactivateServer = (org: string, server: string) =>
  api.post<Operation>(serverPath(org, server, "deactivate"));
