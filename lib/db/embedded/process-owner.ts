import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

const run = promisify(execFile);

/**
 * As whom the server runs. PostgreSQL refuses to run as root, so root either enters a user namespace, in which it is
 * somebody else although its files stay root's, or becomes another user for good.
 */
export type ProcessOwner =
  | { readonly kind: "self" }
  | { readonly kind: "namespace" }
  | { readonly kind: "user"; readonly uid: number; readonly gid: number };

interface Account {
  uid: number;
  gid: number;
}

const NAMESPACE = ["--user", "--map-user=65534", "--map-group=65534"] as const;

export interface OwnerOptions {
  /** False takes another user even where user namespaces work. */
  namespaces: boolean;
}

/**
 * Chooses the owner by who owns the cluster in `dataDirectory`, or by what this machine can do when there is none
 * yet. May hand the cluster over to the chosen owner. Throws an error that says what to do when nothing works.
 */
export async function chooseOwner(dataDirectory: string, options: OwnerOptions): Promise<ProcessOwner> {
  if (process.getuid?.() !== 0) return { kind: "self" };
  const existing = existsSync(dataDirectory) ? statSync(dataDirectory) : null;
  const parent = path.dirname(dataDirectory);
  if (
    existing &&
    existing.uid !== 0 &&
    (await isAccount(existing.uid)) &&
    canTraverse(parent, existing.uid)
  ) {
    return { kind: "user", uid: existing.uid, gid: existing.gid };
  }
  if (options.namespaces && (await namespacesWork())) {
    if (existing && existing.uid !== 0) handOver(dataDirectory, { uid: 0, gid: 0 });
    return { kind: "namespace" };
  }
  const account = (await accountOf("postgres")) ?? (await accountOf("nobody"));
  if (!account)
    throw new EmbeddedPostgresError(
      "There is no user postgres or nobody to run the embedded database as. Set DATABASE_URL.",
    );
  openForTraversal(parent);
  if (!canTraverse(parent, account.uid)) {
    throw new EmbeddedPostgresError(
      `The embedded database cannot run as root, and its user (id ${account.uid}) may not enter ${parent}. Choose an MCPSTACK_DATA_DIR that others may pass through (e.g. /var/lib/mcpstack), start as an ordinary user, or set DATABASE_URL.`,
    );
  }
  if (existing) handOver(dataDirectory, account);
  return { kind: "user", ...account };
}

/** Throws an error that says what to do when the cluster belongs to somebody else and we are not root. */
export function refuseForeignCluster(dataDirectory: string): void {
  const uid = process.getuid?.();
  const found = statSync(dataDirectory, { throwIfNoEntry: false });
  if (!found || uid === undefined || uid === 0 || uid === found.uid) return;
  throw new EmbeddedPostgresError(
    `The database in ${dataDirectory} belongs to the user with id ${found.uid}. Start as that user, hand it over with chown -R, or choose another MCPSTACK_DATA_DIR.`,
  );
}

/** How to run `program` as `owner`. */
export function commandAs(
  owner: ProcessOwner,
  program: string,
  args: readonly string[],
): { file: string; args: string[]; identity: { uid?: number; gid?: number } } {
  switch (owner.kind) {
    case "self":
      return { file: program, args: [...args], identity: {} };
    case "namespace":
      return { file: "unshare", args: [...NAMESPACE, program, ...args], identity: {} };
    case "user":
      return { file: program, args: [...args], identity: { uid: owner.uid, gid: owner.gid } };
  }
}

/** Gives a file or directory that we made to the owner. */
export function giveTo(owner: ProcessOwner, file: string): void {
  if (owner.kind === "user") chownSync(file, owner.uid, owner.gid);
}

/**
 * The binaries in a place that `owner` may reach: the same directory, or a copy below `directory` when the project
 * lies in a closed place such as root's home.
 */
export function reachableBinaries(owner: ProcessOwner, native: string, directory: string): string {
  if (owner.kind !== "user" || canTraverse(native, owner.uid)) return native;
  const copy = path.join(directory, "binaries");
  if (existsSync(path.join(copy, "bin", "postgres"))) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was faster: its copy is as good.
    if (!existsSync(path.join(copy, "bin", "postgres"))) throw error;
  }
  return copy;
}

async function namespacesWork(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return run("unshare", [...NAMESPACE, "true"], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}

async function isAccount(uid: number): Promise<boolean> {
  return run("id", [String(uid)], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}

async function accountOf(name: string): Promise<Account | null> {
  const number = async (flag: string) =>
    Number((await run("id", [flag, name], { timeout: 5_000 })).stdout.trim());
  return Promise.all([number("-u"), number("-g")]).then(
    ([uid, gid]) => ({ uid, gid }),
    () => null,
  );
}

/** Whether `uid` may pass through `directory` and everything above it. */
function canTraverse(directory: string, uid: number): boolean {
  for (let current = path.resolve(directory); ; current = path.dirname(current)) {
    const found = statSync(current);
    const passable = found.uid === uid ? found.mode & 0o100 : found.mode & 0o001;
    if (!passable) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** Our own directory becomes passable, not readable. */
function openForTraversal(directory: string): void {
  const found = statSync(directory);
  if (found.uid === 0) chmodSync(directory, (found.mode & 0o777) | 0o011);
}

function handOver(directory: string, account: Account): void {
  for (const entry of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const file = path.join(directory, entry);
    if (!lstatSync(file).isSymbolicLink()) chownSync(file, account.uid, account.gid);
  }
  chownSync(directory, account.uid, account.gid);
}
