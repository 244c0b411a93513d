import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#lib/testing/eventually.ts";
import { clearLeftovers } from "./leftovers.ts";
import { processIdentity } from "./process-stats.ts";
import { createHostingFixture, memoryLog } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

let root = "";
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ms-"));
  chmodSync(root, 0o711);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** A process of this test's own that outlives its parent's interest. */
function sleeper(): { pid: number; identity: string } {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  children.push(child);
  const pid = child.pid ?? 0;
  return { pid, identity: processIdentity(pid) ?? "" };
}
const note = (name: string, text: string): void => {
  mkdirSync(join(root, "rt", name), { recursive: true });
  writeFileSync(join(root, "rt", name, "process"), text);
};

describe("an edge that is killed", () => {
  it("leaves no runtime that survives the next start, and the next start works", async () => {
    const runDir = join(root, "run");
    const script = fileURLToPath(new URL("./testing/edge-that-is-killed.ts", import.meta.url));
    const edge = spawn(process.execPath, [script, runDir], {
      // What the killed one leaves in its temporary directory goes with this test's.
      env: { ...process.env, TMPDIR: root },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(edge);
    const pids = await new Promise<number[]>((resolve) => {
      edge.stdout?.once("data", (chunk: Buffer) =>
        resolve((JSON.parse(chunk.toString()) as { pids: number[] }).pids),
      );
    });
    expect(pids).toHaveLength(1);
    edge.kill("SIGKILL");
    await eventually(() => expect(processIdentity(edge.pid ?? 0)).toBeNull());
    const next = createHostingFixture({ runDir });
    await eventually(() => expect(pids.map(processIdentity)).toEqual([null]));
    expect((await next.call(next.server(TENANT, { NAME: "next" }))).text).toBe("next");
    await next.close();
    expect(readdirSync(join(runDir, "rt"))).toEqual([]);
  });
});

describe("clearLeftovers", () => {
  it("ends the process that was noted, and says so", async () => {
    const left = sleeper();
    note("a", JSON.stringify(left));
    const log = memoryLog();
    clearLeftovers(join(root, "rt"), log);
    await eventually(() => expect(processIdentity(left.pid)).toBeNull());
    expect(log.lines.map(({ message }) => message)).toEqual([
      "ended a runtime that an earlier edge left behind",
    ]);
    expect(readdirSync(join(root, "rt"))).toEqual([]);
  });

  it("spares a process that only has the same pid, and survives broken notes", () => {
    const other = sleeper();
    note("a", JSON.stringify({ pid: other.pid, identity: "1" }));
    note("b", '{"pid":');
    note("c", '{"pid":"x","identity":3}');
    clearLeftovers(join(root, "rt"), memoryLog());
    expect(processIdentity(other.pid)).toBe(other.identity);
    expect(readdirSync(join(root, "rt"))).toEqual([]);
  });
});
