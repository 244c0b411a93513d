import type { BundleModules } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { RESERVED_MODULE_PREFIX } from "./in-runtime-sources.ts";

/** How the runtime takes a module; the name's ending decides. */
export type ModuleKind = "esModule" | "commonJsModule" | "json" | "text";

/** A module ready for the runtime: its name is safe inside a configuration file and an import. */
export interface RuntimeModule {
  name: string;
  kind: ModuleKind;
  source: string;
}

const KIND_OF_ENDING: Readonly<Record<string, ModuleKind>> = {
  js: "esModule",
  mjs: "esModule",
  cjs: "commonJsModule",
  json: "json",
  txt: "text",
  md: "text",
  html: "text",
};
const NAME = /^[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*(?:\/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)*$/;

const refused = (message: string): DomainError => new DomainError("bundle_refused", message);

function kindOf(name: string): ModuleKind {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const kind = KIND_OF_ENDING[ending];
  if (kind === undefined || !name.includes(".")) {
    throw refused(
      `The module ${JSON.stringify(name)} is of no known kind: use .js, .mjs, .cjs, .json or .txt.`,
    );
  }
  return kind;
}

/**
 * The modules of a bundle, main module first. Throws DomainError `bundle_refused` on a name that is not a plain
 * relative path, on a name of the platform's own, on an unknown kind, on too many or too large modules, and when the
 * main module is missing or not JavaScript.
 */
export function runtimeModules(bundle: BundleModules): RuntimeModule[] {
  const names = Object.keys(bundle.modules);
  if (!Object.hasOwn(bundle.modules, bundle.mainModule)) {
    throw refused(`The bundle has no module ${JSON.stringify(bundle.mainModule)}.`);
  }
  if (names.length > limits.http.bundleModulesMax) {
    throw refused(`The bundle has ${names.length} modules; ${limits.http.bundleModulesMax} are allowed.`);
  }
  let bytes = 0;
  const modules = names.map((name): RuntimeModule => {
    if (!NAME.test(name) || name.length > limits.runtime.moduleNameCharactersMax) {
      throw refused(`The module name ${JSON.stringify(name.slice(0, 100))} is not a plain relative path.`);
    }
    if (name.startsWith(RESERVED_MODULE_PREFIX)) {
      throw refused(`Module names that start with "${RESERVED_MODULE_PREFIX}" belong to the platform.`);
    }
    const source = bundle.modules[name] ?? "";
    bytes += Buffer.byteLength(source);
    return { name, kind: kindOf(name), source };
  });
  if (bytes > limits.http.bundleBytesMax) {
    throw refused(`The bundle is ${bytes} bytes; ${limits.http.bundleBytesMax} are allowed.`);
  }
  const main = modules.find(({ name }) => name === bundle.mainModule);
  if (main === undefined || (main.kind !== "esModule" && main.kind !== "commonJsModule")) {
    throw refused(`The main module ${JSON.stringify(bundle.mainModule)} is not JavaScript.`);
  }
  return [main, ...modules.filter((module) => module !== main)];
}
