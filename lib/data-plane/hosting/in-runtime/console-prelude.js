/**
 * Runs inside every hosted isolate before the tenant's own code, with no more rights than it: formats console calls
 * where the values still live (the runtime's own transport drops BigInt, Map and Error details), cuts giant lines
 * before they leave, gives trace, dir, table and the like a voice, and lets the egress proxy see which request made a
 * call. The `__…__` bounds are filled in by the driver.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { format, inspect } from "node:util";

const LINE_CHARACTERS_MAX = __LINE_CHARACTERS_MAX__;
const BURST_CHARACTERS_MAX = __BURST_CHARACTERS_MAX__;
const LINE_OVERHEAD_CHARACTERS = 256;
const OUTSIDE_BURST_MS = 1_000;
const target = globalThis.console;
const native = {
  log: target.log.bind(target),
  info: target.info.bind(target),
  warn: target.warn.bind(target),
  error: target.error.bind(target),
  debug: target.debug.bind(target),
};
const counts = new Map();
const timers = new Map();
let indent = "";

function textOf(values) {
  try {
    return format(...values);
  } catch (error) {
    return `[a value that cannot be shown: ${String(error?.message ?? error)}]`;
  }
}

const currentRequest = new AsyncLocalStorage();
const newBurst = (requestId) => ({
  requestId,
  room: BURST_CHARACTERS_MAX,
  shed: 0,
  isArmed: false,
  startedAt: 0,
});
/** What belongs to no request: the module while it loads, and callbacks that lost their context. */
const outside = newBurst(null);

/** Tells the platform how many lines were given up, in a form that it does not show as a line. */
function reportShed(burst) {
  if (burst.shed === 0) return;
  const count = burst.shed;
  burst.shed = 0;
  native.warn(`\u0000shed:${count}`);
}

function refill(burst) {
  burst.room = BURST_CHARACTERS_MAX;
  burst.isArmed = false;
  reportShed(burst);
}

/**
 * Whether a line still fits into this turn of the event loop. The runtime queues a request's lines until others get
 * a turn, and silently loses all that follow when that queue is full: better to give some up here, and count them.
 */
function fits(burst, characters) {
  if (burst === outside && Date.now() - burst.startedAt > OUTSIDE_BURST_MS) {
    burst.startedAt = Date.now();
    refill(burst);
  }
  const needed = characters + LINE_OVERHEAD_CHARACTERS;
  if (burst.room < needed) {
    burst.shed++;
    return false;
  }
  burst.room -= needed;
  if (burst !== outside && !burst.isArmed) {
    burst.isArmed = true;
    setTimeout(refill, 0, burst);
  }
  return true;
}

function write(method, values) {
  const burst = currentRequest.getStore() ?? outside;
  if (burst.room < LINE_OVERHEAD_CHARACTERS && !fits(burst, 0)) return;
  let text = textOf(values);
  if (indent !== "") text = indent + text.replaceAll("\n", `\n${indent}`);
  if (!fits(burst, Math.min(text.length, LINE_CHARACTERS_MAX))) return;
  if (text.length > LINE_CHARACTERS_MAX) {
    native[method](`${text.slice(0, LINE_CHARACTERS_MAX)}\u0000cut:${text.length}`);
  } else native[method](text);
}

const elapsed = (label) => {
  const startedAt = timers.get(label);
  return startedAt === undefined ? null : `${label}: ${Date.now() - startedAt}ms`;
};

Object.assign(target, {
  log: (...values) => write("log", values),
  info: (...values) => write("info", values),
  warn: (...values) => write("warn", values),
  error: (...values) => write("error", values),
  debug: (...values) => write("debug", values),
  trace: (...values) => {
    const stack = new Error().stack?.split("\n").slice(2).join("\n") ?? "";
    write("debug", [`Trace${values.length > 0 ? `: ${textOf(values)}` : ""}\n${stack}`]);
  },
  dir: (value, options) => write("log", [inspect(value, options)]),
  dirxml: (...values) => write("log", values),
  table: (value) => write("log", [inspect(value, { compact: true, breakLength: 120 })]),
  assert: (condition, ...values) => {
    if (!condition)
      write("error", values.length > 0 ? ["Assertion failed:", ...values] : ["Assertion failed"]);
  },
  group: (...values) => {
    if (values.length > 0) write("log", values);
    if (indent.length < 40) indent += "  ";
  },
  groupCollapsed: (...values) => target.group(...values),
  groupEnd: () => {
    indent = indent.slice(0, -2);
  },
  count: (label = "default") => {
    const count = (counts.get(String(label)) ?? 0) + 1;
    if (counts.size < 1_000 || count > 1) counts.set(String(label), count);
    write("log", [`${label}: ${count}`]);
  },
  countReset: (label = "default") => counts.delete(String(label)),
  time: (label = "default") => {
    if (timers.size < 1_000) timers.set(String(label), Date.now());
  },
  timeLog: (label = "default", ...values) => {
    const text = elapsed(String(label));
    if (text !== null) write("log", [text, ...values]);
  },
  timeEnd: (label = "default") => {
    const text = elapsed(String(label));
    timers.delete(String(label));
    if (text !== null) write("log", [text]);
  },
});

const nativeFetch = globalThis.fetch;

/** Runs one invocation of the tenant's handler so that its lines and outbound calls can be told apart. */
export async function duringRequest(request, run) {
  const burst = newBurst(request.headers.get("x-request-id"));
  try {
    return await currentRequest.run(burst, run);
  } finally {
    reportShed(burst);
  }
}

globalThis.fetch = (input, init) => {
  const requestId = currentRequest.getStore()?.requestId;
  if (typeof requestId !== "string") return nativeFetch(input, init);
  try {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set("x-mcpstack-request-id", requestId);
    return nativeFetch(input, { ...init, headers });
  } catch (error) {
    return Promise.reject(error);
  }
};
