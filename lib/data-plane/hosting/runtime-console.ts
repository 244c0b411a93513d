import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ObservationSink } from "../observation/index.ts";
import type { ActiveRequests } from "./active-requests.ts";
import { lineOfStdout, lineOfTailEvent, type RuntimeLine } from "./console-line.ts";
import { createLineBudget } from "./line-budget.ts";
import { createLineSplitter } from "./line-splitter.ts";
import { createStdoutRecovery } from "./stdout-recovery.ts";

/** Everything one runtime says, joined from its two transports and handed to the sink in its name. */
export interface RuntimeConsole {
  /** A batch from the tail worker. Anything malformed in it is ignored. */
  tail(batch: unknown): void;
  /** Bytes of the process's stdout or stderr. */
  output(stream: "stdout" | "stderr", chunk: Buffer): void;
  /** A line of the platform about this runtime. */
  platform(method: "warn" | "error", message: string, requestId: string | null): void;
  /**
   * Shows what only stdout has seen and says how many lines were shed; call it regularly. `isAnswering` is false
   * while the runtime's event loop is held, so that its tail cannot have come.
   */
  tick(isAnswering: boolean): void;
  /** The same for good: the process is gone and its streams are read to their end. */
  close(): void;
  /** The runtime's own latest words, oldest first: why it failed. */
  systemLines(): readonly string[];
}

interface RuntimeConsoleInput {
  serverId: string;
  versionId: string;
  sink: ObservationSink;
  clock: Clock;
  requests: ActiveRequests;
}

const { console: bounds } = limits;

export function createRuntimeConsole(input: RuntimeConsoleInput): RuntimeConsole {
  const { serverId, versionId, sink, clock, requests } = input;
  const monotonicMs = (): number => clock.monotonicMs();
  const budget = createLineBudget(bounds.linesPerSecondPerRuntimeMax, bounds.shedNoticeMs, monotonicMs);
  const recovery = createStdoutRecovery(monotonicMs);
  const system: string[] = [];

  const emit = (entry: RuntimeLine, requestId: string | null): void => {
    const { shed, ...line } = entry;
    if (shed !== undefined) budget.shed(shed);
    if (shed !== undefined || !budget.allow()) return;
    sink.console({
      serverId,
      versionId,
      ...line,
      timestampMs: line.timestampMs > 0 ? line.timestampMs : clock.nowMs(),
      requestId,
    });
  };
  const platform: RuntimeConsole["platform"] = (method, message, requestId) =>
    emit({ timestampMs: clock.nowMs(), method, message }, requestId);
  const sayShed = (now: boolean): void => {
    const count = budget.takeShed(now);
    if (count === 0) return;
    // Past the budget on purpose: at most one per `shedNoticeMs`.
    sink.console({
      serverId,
      versionId,
      timestampMs: clock.nowMs(),
      method: "warn",
      message: `${count} console lines were not kept: this server wrote more than can be shown.`,
      requestId: null,
      lostLines: count,
    });
  };
  const recover = (which: "overdue" | "all"): void => {
    for (const line of recovery.take(which)) emit(line, requests.only());
  };

  const read = (raw: string): void => {
    const found = lineOfStdout(raw);
    if (found.kind === "system") {
      if (found.message === "") return;
      system.push(found.message.slice(0, 2_000));
      if (system.length > bounds.systemLinesKept) system.shift();
    } else if (found.atModuleScope) emit(found.line, null);
    else recovery.stdout(found.line);
  };
  const splitters = {
    stdout: createLineSplitter(bounds.stdoutLineBytesMax, read),
    stderr: createLineSplitter(bounds.stdoutLineBytesMax, read),
  };

  return {
    tail(batch) {
      if (typeof batch !== "object" || batch === null) return;
      const { requestId: claimed, shed, lines } = batch as Record<string, unknown>;
      const requestId = requests.resolve(claimed);
      for (const event of Array.isArray(lines) ? lines : []) {
        const line = lineOfTailEvent(event);
        if (line === null) continue;
        // Exceptions come by the tail alone.
        if ((event as { kind: string }).kind === "exception" || recovery.tail(line)) emit(line, requestId);
      }
      if (typeof shed === "number" && shed > 0) {
        budget.shed(Math.floor(shed));
        recovery.tailShed(Math.floor(shed));
      }
      sayShed(false);
    },
    output: (stream, chunk) => splitters[stream].push(chunk),
    platform,
    tick(isAnswering) {
      recover("overdue");
      budget.shed(recovery.takeLost(isAnswering ? "answering" : "held"));
      sayShed(false);
    },
    close() {
      splitters.stdout.end();
      splitters.stderr.end();
      recover("all");
      budget.shed(recovery.takeLost("ended"));
      sayShed(true);
    },
    systemLines: () => system,
  };
}
