/**
 * Who may call what: finds out who calls (nobody in particular, a key, a token of an authorization server), asks the
 * grants of the gateway, counts calls against limits, and explains every denial. Waits for nothing that is not needed,
 * and never for the database.
 */
export { agentOf, refusalOfAgent } from "./agents.ts";
export { authenticate, authenticateAgent, type Door, directDoor, gatewayDoor } from "./authenticate.ts";
export { authorizeCalls } from "./authorize-calls.ts";
export type { CallLimiter } from "./call-limits.ts";
export { placeOf } from "./challenge.ts";
export { type Denial, denial, isDenial } from "./denial.ts";
export { createFetchJson } from "./fetch-json.ts";
export { Issuers } from "./issuer-keys.ts";
export { KeyUses, type StoreKeyUses } from "./key-uses.ts";
export { LocalLimiter } from "./local-limiter.ts";
export { resourceMetadataOf } from "./metadata.ts";
export { deniedByMeter } from "./money-denials.ts";
export { INTERNAL } from "./principals.ts";
export { createSharedLimiter } from "./shared-limiter.ts";
export { isStillAllowed } from "./still-allowed.ts";
export { Tokens } from "./tokens.ts";
