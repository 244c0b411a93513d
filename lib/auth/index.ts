/**
 * Who calls, and in which organization. One answer for REST, pages and the WebSocket upgrade at the edge: everything
 * exported here runs outside Next too.
 */
export { actorFromRequest } from "./actor-from-request.ts";
export { type AuthSettings, type AuthSystem, authSettings } from "./auth-system.ts";
export { ctxFor } from "./context-for.ts";
export type { Principal, SessionPrincipal, TokenPrincipal } from "./principal.ts";
export { clientAddressOf, headerOf, type RequestHeaders } from "./request-headers.ts";
export { hasSessionCookie, sessionCookieName } from "./session-cookie.ts";
