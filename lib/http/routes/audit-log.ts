import { AuditPage, PageQuery } from "#lib/contract/index.ts";
import { listAuditLog } from "#lib/domain/audit/index.ts";
import { defineRoute } from "../define-route.ts";

export const auditLogRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/audit-log",
    operationId: "listAuditLog",
    summary: "Who changed what, newest first",
    tags: ["Audit log"],
    access: "audit:read",
    query: PageQuery,
    response: AuditPage,
    handle: ({ ctx, query }) => listAuditLog(ctx, query),
  }),
];
