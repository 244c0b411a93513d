import path from "node:path";
import { build } from "esbuild";
import type { DeskTraits } from "./hosted-desk.ts";

let bundled: Promise<string> | undefined;

/** A version of the hosted desk as one module. Bundled once; the traits are written into it. */
export async function deskCode(traits: DeskTraits): Promise<string> {
  bundled ??= bundle();
  return (await bundled).replaceAll("__TRAITS__", JSON.stringify(traits));
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "hosted-desk.ts")],
    write: false,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2023",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild wrote nothing");
  return file.text;
}
