import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const INSPECTOR = path.resolve(
  import.meta.dirname,
  "../../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);
const RUN_MS_MAX = 30_000;

/** Runs the MCP Inspector from the command line against `url` and answers the JSON that it prints. */
export async function inspect(url: string, ...options: string[]): Promise<Record<string, unknown>> {
  // It keeps files in the home directory.
  const home = await mkdtemp(path.join(tmpdir(), "mcpstack-inspector-"));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [INSPECTOR, "--cli", url, "--transport", "http", ...options],
      { env: { ...process.env, HOME: home }, timeout: RUN_MS_MAX },
    );
    return JSON.parse(stdout) as Record<string, unknown>;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
