import { readFileSync } from "node:fs";
import path from "node:path";

/** The process that has a role in the installation, e.g. `edge`. */
export function pidOfRole(dataDir: string, role: string): number {
  const register = readFileSync(path.join(dataDir, "run", "processes.json"), "utf8");
  const found = (JSON.parse(register) as { role: string; pid: number }[]).find(
    (entry) => entry.role === role,
  );
  if (!found) throw new Error(`No process has the role ${role}:\n${register}`);
  return found.pid;
}
