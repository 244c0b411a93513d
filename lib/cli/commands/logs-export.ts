import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { plainText } from "#lib/kernel/terminal-text.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { filterParameters, logOf, withQuery } from "../log-filters.ts";

/** All rows under a filter, newest first, as they come: to standard output, or to a file that is there only when it is whole. */
export const logsExport: CommandRun = async (call) => {
  const query = filterParameters(call);
  query.set("log", logOf(call));
  query.set("format", textOption(call, "format") ?? "ndjson");
  const file = textOption(call, "output");
  if (file !== undefined) await requireFree(file, call.options.force === true);
  const api = await call.session.api();
  const server = await call.session.serverPath(argument(call, "server"));
  const path = withQuery(`${server}/logs/export`, query);
  const stop = new AbortController();
  const ignore = call.io.onInterrupt(() => stop.abort());
  try {
    if (file === undefined) await toOutput(call, api, path, stop.signal);
    else call.io.err(`Wrote ${await toFile(api, path, file, stop.signal)} bytes to ${file}.\n`);
    return EXIT.ok;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    ignore();
  }
};

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
  // A terminal must not act on what strangers logged; a file or a pipe gets what was sent.
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
