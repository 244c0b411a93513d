import type { Evidence, EvidenceRef } from "#lib/contract/index.ts";

type Query = Readonly<Record<string, string | null | undefined>>;

/** A path below the organization, with what is set of the query. */
function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value.toWellFormed());
  return search.size === 0 ? path : `${path}?${search}`;
}
const segment = (text: string): string => encodeURIComponent(text.toWellFormed());

/** A page of the server that is asked about; null without one, or when it is gone. */
export function serverPath(evidence: Evidence, page: string, query: Query = {}): string | null {
  const { server } = evidence.subject;
  if (server === null || server.isDeleted) return null;
  return withQuery(`/servers/${segment(server.slug)}${page}`, query);
}
/** Its request log in the window. */
export const logPath = (evidence: Evidence, query: Query = {}): string | null =>
  serverPath(evidence, "/logs", {
    window: "custom",
    from: evidence.window.from,
    to: evidence.window.to,
    ...query,
  });
export function agentPath(evidence: Evidence, page: string): string | null {
  const { agent } = evidence.subject;
  return agent === null ? null : `/agents/${segment(agent.id)}${page}`;
}
export const gatewayPath = (gatewayId: string | null, page: string, query: Query = {}): string | null =>
  gatewayId === null ? null : withQuery(`/gateways/${segment(gatewayId)}${page}`, query);
export const billingPath = (query: Query = {}): string => withQuery("/settings/billing", query);
export const usagePath = (evidence: Evidence, query: Query = {}): string =>
  withQuery("/usage", {
    window: "custom",
    from: evidence.window.from,
    to: evidence.window.to,
    server: evidence.subject.server?.id,
    ...query,
  });

/** A number or setting inside the evidence, by its path. */
export const valueRef = (
  id: string,
  label: string,
  path: string | null = null,
  at: string | null = null,
): EvidenceRef => ({ kind: "count", id, label, at, path });
export const settingRef = (
  id: string,
  label: string,
  path: string | null = null,
  at: string | null = null,
): EvidenceRef => ({ kind: "setting", id, label, at, path });
/** One call in the request log. */
export const requestRef = (
  evidence: Evidence,
  requestId: string,
  label: string,
  at: string | null = null,
): EvidenceRef => ({
  kind: "request",
  id: requestId,
  label,
  at,
  path: serverPath(evidence, "/logs", { requestId }),
});
/** A fresh probe. */
export const probeRef = (evidence: Evidence, part: string, label: string): EvidenceRef => ({
  kind: "probe",
  id: part,
  label,
  at: evidence.collectedAt,
  path: serverPath(evidence, "/tools"),
});
/** A value of the books, or one transaction. */
export const ledgerRef = (
  id: string,
  label: string,
  at: string | null = null,
  query: Query = {},
): EvidenceRef => ({ kind: "ledger", id, label, at, path: billingPath(query) });
/** Transactions of a cause; the sum alone where they are many. */
export const ledgerRefs = (
  part: string,
  label: string,
  { txIds }: { readonly txIds: readonly string[] },
): EvidenceRef[] =>
  txIds.length === 0 ? [ledgerRef(part, label)] : txIds.map((tx) => ledgerRef(tx, label, null, { tx }));
