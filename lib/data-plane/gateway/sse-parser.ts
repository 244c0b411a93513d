/** One server-sent event, as far as the gateway cares. */
export interface SseEvent {
  /** The data lines joined by line feeds; empty for a priming event, null when it was larger than the bound. */
  data: string | null;
  /** Whether the event had an id: a client can then resume after it. */
  hasId: boolean;
  /** Bytes of the data, counted as UTF-8 characters of the decoded text. */
  size: number;
}

const LF = 10;
const CR = 13;

/**
 * Reads server-sent events from chunks cut anywhere. Ends lines at CRLF, LF or CR, ignores comments, and never holds
 * more than `eventSizeMax` characters: of a larger event it only reports that there was one.
 */
export class SseParser {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #eventSizeMax: number;
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end has not arrived. */
  #partial: string[] = [];
  #partialSize = 0;
  #data: string[] = [];
  #dataSize = 0;
  #hasData = false;
  #hasId = false;
  #isOversized = false;
  #skipLineFeed = false;
  #isFirst = true;

  constructor(onEvent: (event: SseEvent) => void, eventSizeMax: number) {
    this.#onEvent = onEvent;
    this.#eventSizeMax = eventSizeMax;
  }

  /** True when the bytes so far end between two events: more may follow without damaging one. */
  get isBetweenEvents(): boolean {
    return this.#partialSize === 0 && !this.#hasData && !this.#hasId;
  }

  push(chunk: Uint8Array): void {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (text === "") return;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let start = this.#skipLineFeed && text.charCodeAt(0) === LF ? 1 : 0;
    this.#skipLineFeed = false;
    const lineEnds = new LineEnds(text);
    for (;;) {
      const end = lineEnds.after(start);
      if (end === -1) break;
      this.#line(text.slice(start, end));
      start = end + 1;
      if (text.charCodeAt(end) === CR) {
        if (start === text.length) this.#skipLineFeed = true;
        else if (text.charCodeAt(start) === LF) start++;
      }
    }
    if (start < text.length) this.#hold(text.slice(start));
  }

  #hold(piece: string): void {
    this.#partialSize += piece.length;
    if (this.#partialSize + this.#dataSize > this.#eventSizeMax) {
      this.#isOversized = true;
      // The field's name is at the beginning; the rest of an oversized line is not kept.
      this.#partial.length = Math.min(this.#partial.length, 1);
      return;
    }
    this.#partial.push(piece);
  }

  #line(piece: string): void {
    let line = piece;
    if (this.#partialSize > 0) {
      line = this.#partial.join("") + piece;
      this.#partial = [];
      this.#partialSize = 0;
    }
    if (line === "") this.#dispatch();
    else if (line.startsWith("data:")) this.#addData(line.slice(line.charCodeAt(5) === 32 ? 6 : 5));
    else if (line === "data") this.#addData("");
    else if (line.startsWith("id:") || line === "id") this.#hasId = true;
  }

  #addData(value: string): void {
    this.#hasData = true;
    this.#dataSize += value.length;
    if (this.#dataSize > this.#eventSizeMax) this.#isOversized = true;
    if (this.#isOversized) this.#data = [];
    else this.#data.push(value);
  }

  #dispatch(): void {
    const { hasData, hasId, isOversized } = {
      hasData: this.#hasData,
      hasId: this.#hasId,
      isOversized: this.#isOversized,
    };
    const data = isOversized ? null : this.#data.join("\n");
    const size = this.#dataSize;
    this.#data = [];
    this.#dataSize = 0;
    this.#hasData = false;
    this.#hasId = false;
    this.#isOversized = false;
    if (hasData || hasId || isOversized) this.#onEvent({ data, hasId, size });
  }
}

/** Where the lines of one chunk end. Looks at each character once, however many lines there are. */
class LineEnds {
  readonly #text: string;
  #lineFeed = -2;
  #carriageReturn = -2;

  constructor(text: string) {
    this.#text = text;
  }

  /** Index of the first line feed or carriage return at or after `from`; -1 when there is none. */
  after(from: number): number {
    if (this.#lineFeed !== -1 && this.#lineFeed < from) this.#lineFeed = this.#text.indexOf("\n", from);
    if (this.#carriageReturn !== -1 && this.#carriageReturn < from) {
      this.#carriageReturn = this.#text.indexOf("\r", from);
    }
    if (this.#carriageReturn === -1) return this.#lineFeed;
    return this.#lineFeed === -1 ? this.#carriageReturn : Math.min(this.#lineFeed, this.#carriageReturn);
  }
}
