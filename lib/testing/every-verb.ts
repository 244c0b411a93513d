import { readdir } from "node:fs/promises";
import type { z } from "zod";
import type { Verb } from "#lib/domain/access/index.ts";

const DOMAIN = new URL("../domain/", import.meta.url);

export type AnyVerb = Verb<z.ZodType, unknown>;

/** Every verb that a domain module exports, by `module.exportName`. New modules are found by themselves. */
export async function everyVerb(): Promise<ReadonlyMap<string, AnyVerb>> {
  const verbs = new Map<string, AnyVerb>();
  const entries = await readdir(DOMAIN, { withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
    const module = (await import(new URL(`${entry.name}/index.ts`, DOMAIN).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === "function" && "spec" in value)
        verbs.set(`${entry.name}.${name}`, value as unknown as AnyVerb);
    }
  }
  return verbs;
}
