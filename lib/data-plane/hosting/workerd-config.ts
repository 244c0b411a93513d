import type { ModuleKind } from "./bundle-modules.ts";
import { CONSOLE_PRELUDE_MODULE, ENTRY_MODULE, TENANT_HANDLER_MODULE } from "./in-runtime-sources.ts";

/** The newest date that the pinned runtime is tested with: raising it is a decision, not an accident of the clock. */
export const COMPATIBILITY_DATE = "2026-08-01";

/** What one runtime process is made of. Paths are absolute, except `file`, which lies beside the configuration. */
export interface WorkerdConfigInput {
  modules: readonly { name: string; kind: ModuleKind; file: string }[];
  /** Binding name in the tenant → name of the process's environment variable that holds the value. */
  environment: Readonly<Record<string, string>>;
  heapMiBMax: number;
  sockets: { tenant: string; health: string; collector: string; egress: string };
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** A text literal. Everything that reaches a configuration was validated; this makes a mistake there harmless. */
function quote(text: string): string {
  if (!PRINTABLE.test(text)) throw new RangeError(`not printable ASCII: ${JSON.stringify(text)}`);
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * The configuration of one workerd process. The tenant's only way out is the egress socket; the network service that
 * workerd would give it by default is replaced by one that allows nothing. Console events go to the collector socket.
 * Secrets are named, never contained.
 */
export function workerdConfig(input: WorkerdConfigInput): string {
  const { sockets } = input;
  const modules = input.modules.map(
    ({ name, kind, file }) => `        (name = ${quote(name)}, ${kind} = embed ${quote(file)}),`,
  );
  const bindings = Object.entries(input.environment).map(
    ([name, variable]) => `        (name = ${quote(name)}, fromEnvironment = ${quote(variable)}),`,
  );
  const date = `compatibilityDate = ${quote(COMPATIBILITY_DATE)}`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${quote(`--max-heap-size=${Math.floor(input.heapMiBMax)}`)}],
  logging = (structuredLogging = true),
  services = [
    (name = "tenant", worker = (
      modules = [
        (name = ${quote(ENTRY_MODULE)}, esModule = embed "entry.js"),
        (name = ${quote(CONSOLE_PRELUDE_MODULE)}, esModule = embed "console-prelude.js"),
        (name = ${quote(TENANT_HANDLER_MODULE)}, esModule = embed "tenant-handler.js"),
${modules.join("\n")}
      ],
      ${date},
      compatibilityFlags = ["nodejs_compat"],
      bindings = [
${bindings.join("\n")}
      ],
      globalOutbound = "egress",
      streamingTails = ["tail"],
    )),
    (name = "tail", worker = (
      modules = [(name = "tail-worker.js", esModule = embed "tail-worker.js")],
      ${date},
      compatibilityFlags = ["experimental", "streaming_tail_worker"],
      bindings = [(name = "COLLECTOR", service = "collector")],
    )),
    (name = "health", worker = (
      modules = [(name = "health-worker.js", esModule = embed "health-worker.js")],
      ${date},
    )),
    (name = "internet", network = (allow = [])),
    (name = "collector", external = (address = ${quote(`unix:${sockets.collector}`)}, http = ())),
    (name = "egress", external = (address = ${quote(`unix:${sockets.egress}`)}, http = (style = proxy))),
  ],
  sockets = [
    (name = "tenant", address = ${quote(`unix:${sockets.tenant}`)}, http = (), service = "tenant"),
    (name = "health", address = ${quote(`unix:${sockets.health}`)}, http = (), service = "health"),
  ],
);
`;
}
