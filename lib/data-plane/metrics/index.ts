/** The edge in numbers, for a Prometheus scraper that presents the operator's token. */
export { createMetrics } from "./create-metrics.ts";
