/**
 * Gateways: who may reach which server, how they prove who they are, and which tools they may call. What no grant
 * allows is denied. Every change is told to the data plane before its verb answers.
 */
export { keysOf } from "./access-key-row.ts";
export { attachServer } from "./attach-server.ts";
export { createGateway } from "./create-gateway.ts";
export { createGatewayKey } from "./create-gateway-key.ts";
export { createGrant } from "./create-grant.ts";
export { createServerKey } from "./create-server-key.ts";
export { deleteGateway } from "./delete-gateway.ts";
export { deleteGrant } from "./delete-grant.ts";
export { detachServer } from "./detach-server.ts";
export { gatewayEntriesOf, loadGatewayEntries } from "./directory-entries.ts";
export { getGateway } from "./get-gateway.ts";
export { listAttachments } from "./list-attachments.ts";
export { listGatewayKeys } from "./list-gateway-keys.ts";
export { listGatewayLogs } from "./list-gateway-logs.ts";
export { listGateways } from "./list-gateways.ts";
export { listGrants } from "./list-grants.ts";
export { listServerKeys } from "./list-server-keys.ts";
export { makeKey } from "./make-key.ts";
export { recordKeyUses } from "./record-key-uses.ts";
export { revokeGatewayKey } from "./revoke-gateway-key.ts";
export { revokeHeldKey } from "./revoke-held-key.ts";
export { revokeServerKey } from "./revoke-server-key.ts";
export { runGatewayDoctor } from "./run-gateway-doctor.ts";
export { updateGateway } from "./update-gateway.ts";
export { updateGrant } from "./update-grant.ts";
