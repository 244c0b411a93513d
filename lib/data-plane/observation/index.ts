/**
 * What the data plane observes: the sink that takes facts, the hub that shows console lines live, and the writers
 * that store both. Nothing here makes a caller wait.
 */
export {
  createObservation,
  type Observation,
  type ObservationOptions,
  type ObservationStats,
} from "./create-observation.ts";
export type {
  ConsoleFact,
  ObservationSink,
  RawConsoleLine,
  RequestFact,
  UpstreamCallFact,
  UpstreamOutcome,
} from "./facts.ts";
export type { HubViewer, ViewerTransport } from "./hub-viewer.ts";
export { createLogHub, type HubStats, type LogHub, type StreamPosition } from "./log-hub.ts";
export { encodeFrame } from "./stream-frames.ts";
export type { ViewerFilter } from "./viewer-filter.ts";
