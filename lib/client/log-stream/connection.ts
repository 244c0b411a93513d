import { LOG_STREAM_CLOSE } from "#lib/contract/log-stream-close.ts";

/** Why the stream is off until somebody acts. */
export type RefusalReason = "unauthenticated" | "forbidden" | "idle" | "inactive" | "full";
export type WaitCause = "lost" | "restart" | "too_slow" | "unavailable";

export interface Holder {
  readonly name: string;
  readonly since: string;
}

export type ConnectionState =
  | { readonly phase: "off" }
  /** `message` says why the connection before ended, while coming back. */
  | { readonly phase: "checking"; readonly attempt: number; readonly message: string | null }
  | { readonly phase: "connecting"; readonly attempt: number; readonly message: string | null }
  | { readonly phase: "live"; readonly attempt: number }
  | {
      readonly phase: "waiting";
      readonly attempt: number;
      readonly cause: WaitCause;
      readonly delayMs: number;
      readonly message: string;
    }
  | {
      readonly phase: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      readonly holders: readonly Holder[];
      /** `full` only: a place became free since. */
      readonly placeIsFree: boolean;
    };

/** True from a lost connection until the stream is live again or refused, whatever is tried meanwhile. */
export const isComingBack = (state: ConnectionState): boolean =>
  state.phase === "waiting" ||
  ((state.phase === "checking" || state.phase === "connecting") && state.attempt > 0);

/** What `GET …/log-stream/status` said. */
export type StatusAnswer =
  | { readonly kind: "may_connect" }
  | {
      readonly kind: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      readonly holders: readonly Holder[];
    }
  | { readonly kind: "unavailable"; readonly message: string };

export type ConnectionEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  | { readonly type: "answered"; readonly answer: StatusAnswer }
  | { readonly type: "greeted" }
  | { readonly type: "closed"; readonly code: number; readonly livedMs: number }
  | { readonly type: "waited" }
  /** Somebody asked to connect now. */
  | { readonly type: "retry" };

/** What the driver has to do; a `check` or `wait` under way is replaced by the next one. */
export type ConnectionEffect =
  | { readonly type: "check" }
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  | { readonly type: "wait"; readonly delayMs: number };

export interface ConnectionRules {
  readonly stableMs: number;
  /** Between questions whether a place became free. */
  readonly fullCheckMs: number;
  delayMs(attempt: number): number;
}

type Step = readonly [ConnectionState, readonly ConnectionEffect[]];

const REFUSALS: Readonly<Record<number, { reason: RefusalReason; message: string }>> = {
  [LOG_STREAM_CLOSE.unauthenticated]: { reason: "unauthenticated", message: "Your session has ended." },
  [LOG_STREAM_CLOSE.forbidden]: {
    reason: "forbidden",
    message: "You may not see the logs of this server, or it no longer exists.",
  },
  [LOG_STREAM_CLOSE.idle]: {
    reason: "idle",
    message: "No line arrived for five minutes, so the connection was closed.",
  },
  [LOG_STREAM_CLOSE.serverInactive]: { reason: "inactive", message: "The server is not active." },
  [LOG_STREAM_CLOSE.tooManyViewers]: { reason: "full", message: "All places of this log stream are taken." },
};

const WAIT_MESSAGES: Readonly<Record<WaitCause, string>> = {
  lost: "The connection was lost.",
  restart: "The platform is restarting.",
  too_slow: "This connection was too slow for the lines, so it starts again from where it was.",
  unavailable: "The log stream cannot be reached.",
};

const waitCauseOf = (code: number): WaitCause => {
  if (code === LOG_STREAM_CLOSE.restart) return "restart";
  return code === LOG_STREAM_CLOSE.tooSlow ? "too_slow" : "lost";
};

/**
 * The connection of a log viewer as a pure function: what follows from an event in a state, and what to do. Each
 * try asks the status first, because a browser cannot read why an upgrade was refused.
 */
export function step(state: ConnectionState, event: ConnectionEvent, rules: ConnectionRules): Step {
  switch (event.type) {
    case "start":
      return state.phase === "off"
        ? [{ phase: "checking", attempt: 0, message: null }, [{ type: "check" }]]
        : [state, []];
    case "stop":
      return [{ phase: "off" }, [{ type: "disconnect" }]];
    case "retry":
      if (state.phase !== "refused" && state.phase !== "waiting") return [state, []];
      return [
        state.phase === "waiting"
          ? { phase: "checking", attempt: 1, message: state.message }
          : { phase: "checking", attempt: 0, message: null },
        [{ type: "disconnect" }, { type: "check" }],
      ];
    case "waited":
      if (isFull(state)) return [state, [{ type: "check" }]];
      return state.phase === "waiting"
        ? [{ phase: "checking", attempt: state.attempt, message: state.message }, [{ type: "check" }]]
        : [state, []];
    case "answered":
      return answered(state, event.answer, rules);
    case "greeted":
      return state.phase === "connecting" ? [{ phase: "live", attempt: state.attempt }, []] : [state, []];
    case "closed":
      return closed(state, event.code, event.livedMs, rules);
  }
}

const isFull = (state: ConnectionState): state is Extract<ConnectionState, { phase: "refused" }> =>
  state.phase === "refused" && state.reason === "full";

function wait(attempt: number, cause: WaitCause, message: string, rules: ConnectionRules): Step {
  const delayMs = rules.delayMs(attempt);
  return [{ phase: "waiting", attempt: attempt + 1, cause, delayMs, message }, [{ type: "wait", delayMs }]];
}

function answered(state: ConnectionState, answer: StatusAnswer, rules: ConnectionRules): Step {
  const askAgain: ConnectionEffect = { type: "wait", delayMs: rules.fullCheckMs };
  if (isFull(state)) {
    if (answer.kind === "may_connect") return [{ ...state, placeIsFree: true }, [askAgain]];
    if (answer.kind === "unavailable") return [state, [askAgain]];
  } else if (state.phase !== "checking") return [state, []];
  switch (answer.kind) {
    case "may_connect":
      return state.phase === "checking"
        ? [{ phase: "connecting", attempt: state.attempt, message: state.message }, [{ type: "connect" }]]
        : [state, []];
    case "unavailable":
      return state.phase === "checking"
        ? wait(state.attempt, "unavailable", answer.message, rules)
        : [state, []];
    case "refused": {
      const { reason, message, holders } = answer;
      return [
        { phase: "refused", reason, message, holders, placeIsFree: false },
        reason === "full" ? [askAgain] : [],
      ];
    }
  }
}

function closed(state: ConnectionState, code: number, livedMs: number, rules: ConnectionRules): Step {
  if (state.phase !== "live" && state.phase !== "connecting") return [state, []];
  const refusal = REFUSALS[code];
  if (refusal !== undefined) {
    return [
      { phase: "refused", ...refusal, holders: [], placeIsFree: false },
      refusal.reason === "full" ? [{ type: "check" }] : [],
    ];
  }
  const attempt = livedMs >= rules.stableMs ? 0 : state.attempt;
  const cause = waitCauseOf(code);
  return wait(attempt, cause, WAIT_MESSAGES[cause], rules);
}
