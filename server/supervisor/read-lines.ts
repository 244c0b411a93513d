import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { limits } from "#lib/kernel/limits.ts";

/** Calls `onLine` for each line, without its end. A line beyond the bound is cut there and its rest dropped. */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  const charactersMax = limits.supervisor.logLineCharactersMax;
  const decoder = new StringDecoder("utf8");
  let pending = "";
  const take = (text: string) => {
    const parts = text.split(/\r?\n/);
    pending = (pending + parts[0]).slice(0, charactersMax);
    for (const part of parts.slice(1)) {
      if (pending !== "") onLine(pending);
      pending = part.slice(0, charactersMax);
    }
  };
  stream?.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  stream?.once("end", () => {
    if (pending !== "") onLine(pending);
  });
}
