import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { plainLine, plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandCall } from "./command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

const LOOK_MS = 250;
/** How long the API may be away while an operation is followed. */
const AWAY_MS_MAX = 15_000;
const { queuedMsMax, runningMsMax, drainMs } = limits.operations;
const FOLLOW_MS_MAX = queuedMsMax + runningMsMax + drainMs;

type Step = Operation["steps"][number];

export const isOpen = ({ state }: Pick<Operation, "state">): boolean =>
  state === "queued" || state === "running";

/** What following an operation came to. */
export interface Followed {
  operation: Operation;
  isInterrupted: boolean;
}

export interface FollowOptions {
  call: CommandCall;
  api: ApiClient;
  /** Path of the server below `/api/v1`. */
  serverPath: string;
  started: Operation;
  /** Told every time that something changed, and once at the beginning. */
  onChange(operation: Operation): void;
}

/**
 * Asks for an operation until it has ended or Ctrl-C, which leaves it running. Throws CliError `timeout` when it is
 * still open after the longest that one may take.
 */
export async function followOperation(options: FollowOptions): Promise<Followed> {
  const { call, api, serverPath, started, onChange } = options;
  const interrupted = new AbortController();
  const ignore = call.io.onInterrupt(() => interrupted.abort());
  const deadlineMs = call.io.nowMs() + FOLLOW_MS_MAX;
  let operation = started;
  let lastSeenMs = call.io.nowMs();
  onChange(operation);
  try {
    while (isOpen(operation) && !interrupted.signal.aborted) {
      if (call.io.nowMs() > deadlineMs)
        throw new CliError(
          EXIT.timeout,
          `${operation.id} is still ${operation.state}.`,
          "Check that a jobs process runs.",
        );
      await delay(LOOK_MS, undefined, { signal: interrupted.signal }).catch(() => undefined);
      try {
        const latest = await api.get<Operation>(`${serverPath}/deployment-operations/${operation.id}`);
        lastSeenMs = call.io.nowMs();
        if (JSON.stringify(latest) !== JSON.stringify(operation)) onChange(latest);
        operation = latest;
      } catch (error) {
        // The API may restart meanwhile; the operation does not depend on it.
        const isAway = error instanceof CliError && error.exitCode === EXIT.error;
        if (!isAway || call.io.nowMs() - lastSeenMs > AWAY_MS_MAX) throw error;
      }
    }
  } finally {
    ignore();
  }
  return { operation, isInterrupted: isOpen(operation) };
}

/** Writes the steps of an operation as they happen, one line each when it ended. Answers what to call at a change. */
export function stepWriter(write: (text: string) => void, isLive: boolean): (operation: Operation) => void {
  const written = new Set<string>();
  let isWaiting = false;
  return (operation) => {
    let text = isWaiting ? "\r\u001b[2K" : "";
    for (const step of operation.steps) {
      if (written.has(step.name) || step.state === "pending" || step.state === "running") continue;
      written.add(step.name);
      text += stepLine(step);
    }
    const running = operation.steps.filter(({ state }) => state === "running").map(({ name }) => name);
    isWaiting = isLive && isOpen(operation);
    if (isWaiting) text += `… ${running.length > 0 ? running.join(", ") : operation.state}`;
    if (text !== "") write(text);
  };
}

const MARK: Readonly<Record<Step["state"], string>> = {
  pending: " ",
  running: "…",
  succeeded: "✓",
  failed: "✗",
  skipped: "–",
};

const stepLine = ({ name, state, durationMs, detail }: Step): string => {
  const took = durationMs === null ? "" : `${Math.round(durationMs)} ms`;
  return `${MARK[state]} ${name.padEnd(18)} ${took.padStart(9)}  ${plainLine(detail ?? state)}\n`;
};

/**
 * Follows an operation as people and machines want to see it: steps on standard error, or, for `watch`, as the data
 * itself. Answers it as it ended with the exit code that says how.
 */
export async function followAloud(
  options: Omit<FollowOptions, "onChange"> & { isData: boolean },
): Promise<{ operation: Operation; exitCode: ExitCode }> {
  const { io, format } = options.call;
  const write = options.isData ? io.out : io.err;
  const toSteps = stepWriter(write, io.stdoutIsTty);
  const onChange =
    options.isData && format !== "table"
      ? (operation: Operation) => io.out(`${terminalJson(operation)}\n`)
      : toSteps;
  const { operation, isInterrupted } = await followOperation({ ...options, onChange });
  if (isInterrupted) {
    const server = options.call.args.server ?? operation.serverId;
    io.err(
      `\n${operation.id} goes on without you.\n  → mcpstack operations watch ${plainLine(server)} ${operation.id}\n`,
    );
    return { operation, exitCode: EXIT.interrupted };
  }
  return { operation, exitCode: tellEnd(io, operation) };
}

const GATE: ReadonlySet<string> = new Set([
  "start",
  "tools/list legacy",
  "tools/list modern",
  "expected tools",
  "canary",
]);

/** Says why an operation did not succeed; answers its exit code: 3 when a gate failed. */
export function tellEnd(io: CliIo, { state, error, steps, log, kind }: Operation): ExitCode {
  if (state === "succeeded") return EXIT.ok;
  if (state === "canceled") {
    io.err(`The ${kind} was canceled. Nothing was switched.\n`);
    return EXIT.error;
  }
  const lines = log.filter(
    (line) => line.level === "error" && !steps.some((step) => line.message.startsWith(`${step.name}: `)),
  );
  io.err(`The ${kind} failed: ${plainText(error ?? "no reason was given")}\n`);
  for (const { message } of lines) io.err(`  | ${plainText(message)}\n`);
  // A step without words was cut short with its worker: nobody judged the code.
  const isGate =
    kind !== "restart" &&
    steps.some((step) => step.state === "failed" && step.detail !== null && GATE.has(step.name));
  io.err(
    isGate
      ? "  → Nothing changed for callers. Correct the code and deploy a new version, or run it again where the code is not at fault.\n"
      : "  → Look at the error, then run it again.\n",
  );
  return isGate ? EXIT.gateFailed : EXIT.error;
}
