/**
 * What the data plane observes: the sink that takes facts, the hub that shows console lines live, and the writers
 * that store both. Nothing here makes a caller wait.
 */
export { type CallSink, createObservation, type ObservationStats } from "./create-observation.ts";
export type {
  MessageBodies,
  ObservationSink,
  RawConsoleLine,
  RequestFact,
  UpstreamCallFact,
  UpstreamOutcome,
} from "./facts.ts";
export type { HubViewer } from "./hub-viewer.ts";
export { createLogHub, type LogHub } from "./log-hub.ts";
export { encodeFrame } from "./stream-frames.ts";
