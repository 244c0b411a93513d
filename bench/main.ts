import { readdir } from "node:fs/promises";

/** `npm run bench -- <name> [options]` runs `bench/<name>.ts`, which exports `bench(options)`. */
interface BenchModule {
  bench?: (options: readonly string[]) => Promise<void>;
}

const SELF = "main.ts";

async function names(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  return files.filter((file) => file.endsWith(".ts") && file !== SELF).map((file) => file.slice(0, -3));
}

const [name, ...options] = process.argv.slice(2);
const known = await names();
if (name === undefined || !known.includes(name)) {
  console.error(`Usage: npm run bench -- <name>\n\n  ${known.join("\n  ")}`);
  process.exit(2);
}
const module: BenchModule = await import(`./${name}.ts`);
if (!module.bench) {
  console.error(`bench/${name}.ts exports no function bench.`);
  process.exit(2);
}
try {
  await module.bench(options);
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
