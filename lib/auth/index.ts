/**
 * Who calls, and in which organization. One answer for REST, pages and the WebSocket upgrade at the edge: everything
 * exported here runs outside Next too.
 */
export { actorFromRequest } from "./actor-from-request.ts";
export { type AuthSettings, type AuthSystem, authSettings } from "./auth-system.ts";
export { ctxFor } from "./context-for.ts";
export type { Principal, SessionPrincipal } from "./principal.ts";
export { clientAddressOf, headerOf } from "./request-headers.ts";
export { sessionCookieName } from "./session-cookie.ts";
