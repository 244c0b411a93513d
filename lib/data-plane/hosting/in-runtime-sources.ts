import { readFileSync } from "node:fs";
import { limits } from "#lib/kernel/limits.ts";

/** Platform code that runs inside a runtime, as module sources. Read once; its bounds come from `limits`. */
const read = (name: string): string => readFileSync(new URL(`./in-runtime/${name}`, import.meta.url), "utf8");

const withValues = (source: string, values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`__${name}__`, () => String(value)),
    source,
  );

const { console: bounds } = limits;

export const ENTRY_MODULE = "mcpstack-entry.js";
export const CONSOLE_PRELUDE_MODULE = "mcpstack-platform/console-prelude.js";
export const TENANT_HANDLER_MODULE = "mcpstack-platform/tenant-handler.js";
/** No tenant module may start with this. */
export const RESERVED_MODULE_PREFIX = "mcpstack-";

export const consolePreludeSource = withValues(read("console-prelude.js"), {
  LINE_CHARACTERS_MAX: bounds.lineCharactersMax,
  BURST_CHARACTERS_MAX: bounds.burstCharactersMax,
});

export const tailWorkerSource = withValues(read("tail-worker.js"), {
  BUFFERED_LINES_MAX: bounds.bufferedLinesPerRequestMax,
  BUFFERED_CHARACTERS_MAX: bounds.bufferedCharactersPerRequestMax,
  BATCH_LINES_MAX: bounds.batchLinesMax,
  BATCH_CHARACTERS_MAX: bounds.batchCharactersMax,
  BATCH_DELAY_MS: bounds.batchDelayMs,
  // The prelude's mark of a cut comes after the text it kept.
  TEXT_CHARACTERS_MAX: bounds.lineCharactersMax + 32,
});

export const healthWorkerSource = read("health-worker.js");

export const tenantHandlerSource = read("tenant-handler.js");

/** The entry module for the tenant's `mainModule`, whose name has been validated. The platform's part loads first. */
export const entrySource = (mainModule: string): string =>
  `import { tenantHandler } from "./${TENANT_HANDLER_MODULE}";
import * as tenant from "./${mainModule}";
export default tenantHandler(tenant);
`;
