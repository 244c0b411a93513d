import { spawnSync } from "node:child_process";
import { accessSync, chownSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "#lib/domain/access/index.ts";

/**
 * How strongly this host can fence a runtime process, best first. In every level the runtime's own configuration
 * already gives tenant code no files, no processes and no network but the egress proxy; this is the fence behind it.
 */
export type IsolationLevel =
  /** Own network namespace without interfaces, user nobody, no capabilities, no new privileges. */
  | "network+user"
  /** Own network and user namespace, no new privileges. */
  | "network+namespace"
  /** User nobody, no capabilities, no new privileges. */
  | "user"
  /** No new privileges. */
  | "no-new-privileges"
  /** Nothing beyond the runtime itself. */
  | "none";

export interface Isolation {
  level: IsolationLevel;
  /** Owner of a runtime's directory when it does not run as ourselves. */
  user: { uid: number; gid: number } | null;
  /** What to execute: the fence, then the runtime. `binary` is the path that the fenced process sees. */
  command(binary: string, args: readonly string[], dataBytesMax: number): { file: string; args: string[] };
  /**
   * The open executable, passed to the child as descriptor 4 and executed from there, so that a fenced user needs no
   * access to the directories above it. Null where descriptors cannot be executed.
   */
  binaryDescriptor: number | null;
}

const NOBODY = { uid: 65_534, gid: 65_534 };
const TOOL_DIRECTORIES = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];
export const BINARY_BY_DESCRIPTOR = "/proc/self/fd/4";

/** Finds a system tool; null when the host has none. Injected so that tests can take tools away. */
export type FindTool = (name: string) => string | null;

const findSystemTool: FindTool = (name) => {
  for (const directory of TOOL_DIRECTORIES) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next directory may have it.
    }
  }
  return null;
};

interface Fence {
  level: IsolationLevel;
  user: Isolation["user"];
  prefix: readonly string[];
}

/** The fences worth trying on this host, best first. */
function candidates(findTool: FindTool): Fence[] {
  if (process.platform !== "linux") return [];
  const unshare = findTool("unshare");
  const setpriv = findTool("setpriv");
  if (setpriv === null) return [];
  const isRoot = process.getuid?.() === 0;
  // The runtime dies with the thread that started it, which is the main thread of the edge.
  const drop = [setpriv, "--no-new-privs", "--pdeathsig=KILL"];
  const toNobody = [
    ...drop,
    `--reuid=${NOBODY.uid}`,
    `--regid=${NOBODY.gid}`,
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all",
    "--",
  ];
  const namespaces =
    unshare === null
      ? null
      : [unshare, "--user", "--net", `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`, "--"];
  const fences: (Fence | null)[] = [
    isRoot && unshare !== null
      ? { level: "network+user", user: NOBODY, prefix: [unshare, "--net", "--", ...toNobody] }
      : null,
    namespaces === null
      ? null
      : { level: "network+namespace", user: null, prefix: [...namespaces, ...drop, "--"] },
    isRoot ? { level: "user", user: NOBODY, prefix: toNobody } : null,
    { level: "no-new-privileges", user: null, prefix: [...drop, "--"] },
  ];
  return fences.filter((fence) => fence !== null);
}

/** True when the runtime starts inside `fence` and can write a directory prepared for it under `directory`. */
function works(fence: Fence, descriptor: number, directory: string): boolean {
  const probe = mkdtempSync(join(directory, "probe-"));
  try {
    if (fence.user !== null) chownSync(probe, fence.user.uid, fence.user.gid);
    const script = 'cd "$1" && : > written && exec "$2" --version';
    const [file = "", ...args] = [
      ...fence.prefix,
      "/bin/sh",
      "-c",
      script,
      "sh",
      probe,
      BINARY_BY_DESCRIPTOR,
    ];
    const { status } = spawnSync(file, args, {
      env: {} as NodeJS.ProcessEnv,
      stdio: ["ignore", "ignore", "ignore", "ignore", descriptor],
      timeout: 10_000,
    });
    return status === 0;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/**
 * Finds the strongest fence that works here, by trying: containers, sandboxes and old tools fail in ways that no
 * version check foresees. `directory` is where the runtimes' directories will be. Logs which level is active.
 */
export function detectIsolation(
  workerdPath: string,
  directory: string,
  log: Log,
  findTool: FindTool = findSystemTool,
): Isolation {
  const fences = candidates(findTool);
  const descriptor = fences.length > 0 ? openSync(workerdPath, "r") : null;
  const found = descriptor === null ? undefined : fences.find((fence) => works(fence, descriptor, directory));
  const prlimit = process.platform === "linux" ? findTool("prlimit") : null;
  const level = found?.level ?? "none";
  const say = level === "none" || level === "no-new-privileges" ? log.warn : log.info;
  say.call(log, { isolation: level, memoryCeiling: prlimit !== null }, "isolation of hosted code");
  return {
    level,
    user: found?.user ?? null,
    binaryDescriptor: found === undefined ? null : descriptor,
    command(binary, args, dataBytesMax) {
      const ceiling =
        prlimit === null ? [] : [prlimit, `--data=${dataBytesMax}`, "--core=0", "--nofile=4096", "--"];
      const all = [...ceiling, ...(found?.prefix ?? []), binary, ...args];
      const [file = binary, ...rest] = all;
      return { file, args: rest };
    },
  };
}
