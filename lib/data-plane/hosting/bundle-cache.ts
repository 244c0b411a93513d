import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BundleModules, Log } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type ModuleKind, type RuntimeModule, runtimeModules } from "./bundle-modules.ts";

/** Bundles on local disk, by the hash of what was uploaded, so that a start does not ask the database. */
export interface BundleCache {
  /**
   * The modules of a bundle, main module first; loads and keeps them when they are not here or not intact. Throws what
   * `load` throws, or DomainError `bundle_refused`.
   */
  modules(organizationId: string, sha256: string): Promise<RuntimeModule[]>;
}

interface Manifest {
  modules: { name: string; kind: ModuleKind; file: string; sha256: string }[];
}

const SHA256 = /^[0-9a-f]{64}$/;
const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === "ENOENT";

export function createBundleCache(
  directory: string,
  load: (organizationId: string, sha256: string) => Promise<BundleModules>,
  log: Log,
): BundleCache {
  const loading = new Map<string, Promise<RuntimeModule[]>>();
  let writes = 0;

  /** What is stored under a hash, or null when it is missing or was damaged. */
  async function stored(path: string): Promise<RuntimeModule[] | null> {
    try {
      const manifest = JSON.parse(await readFile(join(path, "manifest.json"), "utf8")) as Manifest;
      const modules = await Promise.all(
        manifest.modules.map(async ({ name, kind, file, sha256 }) => {
          const source = await readFile(join(path, file), "utf8");
          if (sha256Of(source) !== sha256) throw new Error(`${file} was changed`);
          return { name, kind, source };
        }),
      );
      const now = new Date();
      await utimes(path, now, now);
      return modules;
    } catch (error) {
      if (!isMissing(error)) log.warn({ err: error, path }, "a cached bundle is damaged and is loaded again");
      return null;
    }
  }

  async function store(path: string, modules: readonly RuntimeModule[]): Promise<void> {
    const draft = `${path}.${process.pid}-${writes++}`;
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const entries = await Promise.all(
      modules.map(async ({ name, kind, source }, index) => {
        const file = `m${index}`;
        await writeFile(join(draft, file), source, { mode: 0o600 });
        return { name, kind, file, sha256: sha256Of(source) };
      }),
    );
    await writeFile(join(draft, "manifest.json"), JSON.stringify({ modules: entries } satisfies Manifest));
    await rm(path, { recursive: true, force: true });
    try {
      await rename(draft, path);
    } catch (error) {
      // Another process stored the same content first, which is as good.
      await rm(draft, { recursive: true, force: true });
      log.debug({ err: error, path }, "a bundle was cached by another process meanwhile");
    }
  }

  /** Keeps the newest; a bundle in use was copied, so removing it here disturbs nobody. */
  async function evict(): Promise<void> {
    const names = await readdir(directory);
    if (names.length <= limits.runtime.bundlesCachedMax) return;
    const entries = await Promise.all(
      names.map(async (name) => ({ name, atMs: (await stat(join(directory, name))).mtimeMs })),
    );
    entries.sort((a, b) => b.atMs - a.atMs);
    for (const { name } of entries.slice(limits.runtime.bundlesCachedMax)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }

  async function fetchAndStore(organizationId: string, sha256: string): Promise<RuntimeModule[]> {
    const path = join(directory, sha256);
    const known = await stored(path);
    if (known !== null) return known;
    const modules = runtimeModules(await load(organizationId, sha256));
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await chmod(directory, 0o700);
      await store(path, modules);
      await evict();
    } catch (error) {
      log.warn({ err: error, path }, "a bundle could not be cached; it serves from memory");
    }
    return modules;
  }

  return {
    modules(organizationId, sha256) {
      if (!SHA256.test(sha256)) {
        return Promise.reject(new DomainError("bundle_refused", "The version names no bundle."));
      }
      const key = `${organizationId}:${sha256}`;
      const running = loading.get(key);
      if (running) return running;
      const started = fetchAndStore(organizationId, sha256).finally(() => loading.delete(key));
      loading.set(key, started);
      return started;
    },
  };
}
