/** Reading the record of who changed what. Writing it belongs to `command`. */
export { listAuditLog } from "./list-audit-log.ts";
