import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RuntimeModule } from "./bundle-modules.ts";
import {
  consolePreludeSource,
  entrySource,
  healthWorkerSource,
  tailWorkerSource,
  tenantHandlerSource,
} from "./in-runtime-sources.ts";
import { workerdConfig } from "./workerd-config.ts";

/** Unix socket paths are at most 107 bytes long on Linux and 103 on macOS. */
const SOCKET_PATH_BYTES_MAX = 103;

/** Where one runtime process lives: a directory that only it and the edge may enter. */
export interface RuntimeFiles {
  directory: string;
  config: string;
  sockets: { tenant: string; health: string; collector: string; egress: string };
  /** The process environment that carries the tenant's values; nothing of it is on disk. */
  processEnvironment: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * Writes everything a runtime process reads into a new directory. `modules` come main module first. The directory
 * belongs to `owner` when the process runs as another user. Throws RangeError when the path is too long for sockets.
 */
export async function writeRuntimeFiles(input: {
  directory: string;
  modules: readonly RuntimeModule[];
  environment: Readonly<Record<string, string>>;
  heapMiBMax: number;
  owner: { uid: number; gid: number } | null;
}): Promise<RuntimeFiles> {
  const { directory, modules, owner } = input;
  const at = (name: string): string => join(directory, name);
  const sockets = { tenant: at("t"), health: at("h"), collector: at("c"), egress: at("e") };
  if (Buffer.byteLength(sockets.collector) > SOCKET_PATH_BYTES_MAX) {
    throw new RangeError(`The run directory's path is too long for unix sockets: ${directory}`);
  }
  const names = Object.keys(input.environment);
  const variable = new Map(names.map((name, index) => [name, `T${index}`]));
  const configured = modules.map(({ name, kind }, index) => ({ name, kind, file: `m${index}` }));
  const config = workerdConfig({
    modules: configured,
    environment: Object.fromEntries(variable),
    heapMiBMax: input.heapMiBMax,
    sockets,
  });
  const files: [string, string][] = [
    ...modules.map(({ source }, index): [string, string] => [`m${index}`, source]),
    ["entry.js", entrySource(modules[0]?.name ?? "")],
    ["console-prelude.js", consolePreludeSource],
    ["tenant-handler.js", tenantHandlerSource],
    ["tail-worker.js", tailWorkerSource],
    ["health-worker.js", healthWorkerSource],
    ["config.capnp", config],
  ];
  const remove = () => rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    for (const [name, text] of files) {
      await writeFile(at(name), text, { mode: 0o600 });
      // Given away rather than opened to all: a mode would depend on the umask.
      if (owner !== null) await chown(at(name), owner.uid, owner.gid);
    }
    if (owner !== null) await chown(directory, owner.uid, owner.gid);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    directory,
    config: at("config.capnp"),
    sockets,
    processEnvironment: Object.fromEntries(
      names.map((name) => [variable.get(name) ?? "", input.environment[name] ?? ""]),
    ),
    remove,
  };
}
