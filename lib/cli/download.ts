import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { plainText } from "#lib/kernel/terminal-text.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError, usageError } from "./cli-error.ts";
import type { CommandCall } from "./command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** Where a download goes: null is standard output. */
export interface DownloadTarget {
  readonly file: string | null;
  readonly isForced: boolean;
}

/**
 * Writes what `path` answers as it comes: to standard output, or to a file that is there only when it is whole. Ctrl-C
 * ends it with its own exit code. `path` is asked for only after the file is known to be free.
 */
export async function download(
  call: CommandCall,
  { file, isForced }: DownloadTarget,
  path: () => Promise<string>,
): Promise<ExitCode> {
  if (file !== null) await requireFree(file, isForced);
  const api = await call.session.api();
  const from = await path();
  const stop = new AbortController();
  const ignore = call.io.onInterrupt(() => stop.abort());
  try {
    if (file === null) await toOutput(call, api, from, stop.signal);
    else call.io.err(`Wrote ${await toFile(api, from, file, stop.signal)} bytes to ${file}.\n`);
    return EXIT.ok;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    ignore();
  }
}

async function requireFree(file: string, isForced: boolean): Promise<void> {
  const there = await lstat(file).catch(() => null);
  if (there?.isDirectory()) throw usageError(`${file} is a directory.`, "Name a file in it.");
  if (there && !isForced)
    throw usageError(`${file} is there already.`, "Choose another name, or replace it with --force.");
}

async function toOutput(
  { io }: CommandCall,
  api: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  // A terminal must not act on what strangers said; a file or a pipe gets what was sent.
  const shown = io.stdoutIsTty ? plainText : (text: string) => text;
  for await (const piece of api.download(path, signal)) {
    io.out(shown(decoder.decode(piece, { stream: true })));
    await io.outTaken();
  }
  io.out(shown(decoder.decode()));
}

/** Writes beside the file first, so that a file of that name is a whole one. Answers its size in bytes. */
async function toFile(api: ApiClient, path: string, file: string, signal: AbortSignal): Promise<number> {
  const partial = `${file}.part`;
  const target = createWriteStream(partial, { mode: 0o600 });
  let bytes = 0;
  try {
    await once(target, "open");
    for await (const piece of api.download(path, signal)) {
      bytes += piece.byteLength;
      if (!target.write(piece)) await once(target, "drain", { signal });
    }
    target.end();
    await finished(target);
    await rename(partial, file);
    return bytes;
  } catch (error) {
    target.destroy();
    await rm(partial, { force: true });
    throw isFileError(error) ? cannotWrite(file, error) : error;
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "path" in error;

const cannotWrite = (file: string, error: NodeJS.ErrnoException): CliError =>
  new CliError(
    EXIT.error,
    `${file} cannot be written (${error.code}).`,
    "Choose another place with --output.",
    {
      cause: error,
    },
  );
