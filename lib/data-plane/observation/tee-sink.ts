import type { ObservationSink } from "./facts.ts";

/** A sink that tells `main` everything, and `others`, which never throw, the calls that passed. */
export function teeSink(main: ObservationSink, others: readonly CallSink[]): ObservationSink {
  if (others.length === 0) return main;
  return {
    request(fact) {
      main.request(fact);
      for (const other of others) other.request(fact);
    },
    console: (line) => main.console(line),
    upstreamCall(fact) {
      main.upstreamCall?.(fact);
      for (const other of others) other.upstreamCall(fact);
    },
  };
}

/** Who wants to know of calls, but not of console lines. */
export type CallSink = Required<Pick<ObservationSink, "request" | "upstreamCall">>;
