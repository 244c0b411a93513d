/** The facts that the data plane reports, and the sink that takes them. */
export type {
  ConsoleFact,
  ObservationSink,
  RawConsoleLine,
  RequestFact,
  UpstreamCallFact,
  UpstreamOutcome,
} from "./facts.ts";
