import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const MODULE = pathToFileURL(path.join(import.meta.dirname, "create-file-once.ts")).href;

it("gives processes that race for a new file the same content", async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-once-"));
  const file = path.join(directory, "secret");
  const program = `import { createFileOnce } from ${JSON.stringify(MODULE)};
    process.stdout.write(createFileOnce(${JSON.stringify(file)}, () => crypto.randomUUID()));`;
  const answers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [answer] = await Promise.all([text(child.stdout), once(child, "exit")]);
      return answer;
    }),
  );
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toHaveLength(36);
  expect(readdirSync(directory)).toEqual(["secret"]);
  rmSync(directory, { recursive: true });
});
