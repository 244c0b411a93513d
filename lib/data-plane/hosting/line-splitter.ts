/**
 * Splits a byte stream into lines of at most `lineBytesMax`; a longer line is skipped to its end, so that no
 * writer can make the reader hold more than one line. `onLine` gets the text without its newline.
 */
export function createLineSplitter(
  lineBytesMax: number,
  onLine: (line: string) => void,
): { push(chunk: Buffer): void; end(): void } {
  let parts: Buffer[] = [];
  let bytes = 0;
  let skipping = false;
  const keep = (part: Buffer): void => {
    if (skipping || part.length === 0) return;
    bytes += part.length;
    if (bytes <= lineBytesMax) {
      parts.push(part);
      return;
    }
    skipping = true;
    parts = [];
  };
  const finish = (): void => {
    const only = parts.length === 1 ? parts[0] : undefined;
    const line = only ?? Buffer.concat(parts);
    const complete = !skipping && line.length > 0;
    parts = [];
    bytes = 0;
    skipping = false;
    if (complete) onLine(line.toString("utf8"));
  };
  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, at));
        finish();
        from = at + 1;
      }
      // A copy, so that a short rest does not keep the whole chunk alive.
      if (from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
    },
    end: finish,
  };
}
