const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/**
 * Passes server-sent events on one by one, with the data of some replaced. Reads chunks cut anywhere and lines ended
 * by CRLF, LF or CR; what is not replaced leaves byte for byte. Text is held as one character per byte.
 */
export class EventRewriter {
  readonly #rewrite: (data: string) => string | null;
  readonly #bytesMax: number;
  /** The lines of the event so far, each with its end, and the last without. */
  #lines: string[] = [];
  #partial: string[] = [];
  #held = 0;
  #skipLineFeed = false;
  #isFirstLine = true;
  #wasRewritten = false;

  /** `rewrite` gets the data of an event as text and answers what to send instead; null: what came. */
  constructor(rewrite: (data: string) => string | null, bytesMax: number) {
    this.#rewrite = rewrite;
    this.#bytesMax = bytesMax;
  }

  /** The events that are complete now; null when none is. */
  push(chunk: Buffer): Buffer | null | "too large" {
    const text = chunk.toString("latin1");
    let out = "";
    let start = 0;
    if (this.#skipLineFeed && text.startsWith("\n")) {
      // The second half of a line end: it goes where its line went.
      const last = this.#lines.pop();
      if (last === undefined) out = this.#wasRewritten ? "" : "\n";
      else this.#lines.push(`${last}\n`);
      start = 1;
    }
    if (text.length > 0) this.#skipLineFeed = false;
    for (;;) {
      const end = lineEnd(text, start);
      if (end === -1) break;
      let next = end + 1;
      if (text[end] === "\r") {
        if (next === text.length) this.#skipLineFeed = true;
        else if (text[next] === "\n") next++;
      }
      out += this.#line(text.slice(start, next), end - start);
      start = next;
    }
    if (start < text.length) {
      this.#partial.push(text.slice(start));
      this.#held += text.length - start;
    }
    if (this.#held > this.#bytesMax) return "too large";
    return out === "" ? null : Buffer.from(out, "latin1");
  }

  /** Takes the end of a line; answers the event when this line ends it. */
  #line(piece: string, lengthWithoutEnd: number): string {
    const isEmpty = this.#partial.length === 0 && lengthWithoutEnd === 0;
    this.#held += piece.length;
    this.#lines.push(this.#partial.length === 0 ? piece : this.#partial.join("") + piece);
    this.#partial = [];
    if (!isEmpty) return "";
    const lines = this.#lines;
    this.#lines = [];
    this.#held = 0;
    return this.#event(lines);
  }

  #event(lines: readonly string[]): string {
    const data: string[] = [];
    const others: string[] = [];
    for (const line of lines) {
      let bare = line.replace(/[\r\n]+$/, "");
      if (this.#isFirstLine && bare.startsWith(BYTE_ORDER_MARK)) bare = bare.slice(BYTE_ORDER_MARK.length);
      this.#isFirstLine = false;
      if (bare.startsWith("data:")) data.push(bare.slice(bare[5] === " " ? 6 : 5));
      else if (bare === "data") data.push("");
      else if (bare !== "") others.push(`${bare}\n`);
    }
    const rewritten =
      data.length === 0 ? null : this.#rewrite(Buffer.from(data.join("\n"), "latin1").toString("utf8"));
    this.#wasRewritten = rewritten !== null;
    if (rewritten === null) return lines.join("");
    return `${others.join("")}data: ${Buffer.from(rewritten, "utf8").toString("latin1")}\n\n`;
  }
}

/** Index of the first line end at or after `from`; -1 when there is none. */
function lineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || code === 13) return index;
  }
  return -1;
}
