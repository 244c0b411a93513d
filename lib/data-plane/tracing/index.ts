/** Calls as OpenTelemetry spans, for whoever runs a collector. Nothing here is on the request path. */
export { createTracing } from "./create-tracing.ts";
