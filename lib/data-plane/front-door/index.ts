/** The one port of the product: sends MCP to the gateway, viewers to the log stream and the rest to the web process. */
export { createFrontDoor } from "./front-door.ts";
export { createPaymentWebhooks } from "./payment-webhooks.ts";
export { createReadiness } from "./readiness.ts";
export { createWebProxy, type WebProxy } from "./web-proxy.ts";
