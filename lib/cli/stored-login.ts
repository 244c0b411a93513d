import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { usageError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";

/** What `mcpstack login` leaves behind. The token belongs to `apiUrl` and is sent nowhere else. */
export interface StoredLogin {
  apiUrl: string;
  token: string;
  organization: string | null;
}

/** The file of the login, in the XDG configuration directory. */
export function loginPath(io: Pick<CliIo, "env" | "homeDirectory">): string {
  const configured = io.env.XDG_CONFIG_HOME;
  const base =
    configured && path.isAbsolute(configured) ? configured : path.join(io.homeDirectory, ".config");
  return path.join(base, "mcpstack", "login.json");
}

/** The stored login, or null when there is none. Throws a usage error when the file is damaged. */
export async function readLogin(io: CliIo): Promise<StoredLogin | null> {
  const file = loginPath(io);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const { apiUrl, token, organization } = JSON.parse(text) as Record<string, unknown>;
    if (typeof apiUrl === "string" && typeof token === "string")
      return { apiUrl, token, organization: typeof organization === "string" ? organization : null };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw usageError(`The stored login ${file} is damaged.`, "Run `mcpstack logout`, then `mcpstack login`.");
}

/** Stores a login for this user only: the file has mode 0600, also when it existed with another. */
export async function writeLogin(io: CliIo, login: StoredLogin): Promise<string> {
  const file = loginPath(io);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
  return file;
}

/** Removes the stored login; true when there was one. */
export async function removeLogin(io: CliIo): Promise<boolean> {
  try {
    await rm(loginPath(io));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
