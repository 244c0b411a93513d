import { limits } from "#lib/kernel/limits.ts";
import type { Answer } from "./answers.ts";
import type { RpcId } from "./messages.ts";

/**
 * Finds what one JSON-RPC response says without holding it: reads `id`, `error.code`, `error.message` and
 * `result.isError` from chunks cut anywhere, in constant memory. For responses too large to parse.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const COLON = 58;
/** Long enough for a message of `errorCharactersMax` characters in any encoding and escaping. */
const TOKEN_BYTES_MAX = 6 * limits.mcp.errorCharactersMax;

export class JsonSkim {
  #depth = 0;
  /** Bit n is set when the container at depth n + 1 is an object. Only the first three levels are known. */
  readonly #isObject = [false, false, false];
  readonly #keys = ["", "", ""];
  #expectsKey = false;
  #inString = false;
  #escaped = false;
  #token: number[] = [];
  #tokenIsKept = false;

  #id: RpcId = null;
  #hasError = false;
  #hasResult = false;
  #errorCode: number | null = null;
  #errorMessage: string | null = null;
  #isError = false;

  push(chunk: Uint8Array): void {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (this.#inString) this.#stringByte(byte);
      else this.#structureByte(byte);
    }
  }

  /** The answer; null when this was no response, or was not even one JSON object. */
  end(): Answer | null {
    if (this.#hasError) {
      return {
        id: this.#id,
        outcome: "protocol_error",
        rpcErrorCode: this.#errorCode,
        error: this.#errorMessage,
      };
    }
    if (!this.#hasResult) return null;
    return { id: this.#id, outcome: this.#isError ? "tool_error" : "ok", rpcErrorCode: null, error: null };
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inString = false;
      this.#keep(byte);
      this.#endString();
      return;
    }
    this.#keep(byte);
  }

  #keep(byte: number): void {
    if (this.#tokenIsKept && this.#token.length < TOKEN_BYTES_MAX) this.#token.push(byte);
  }

  #structureByte(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#token = [];
        this.#tokenIsKept = this.#depth >= 1 && this.#depth <= 2;
        this.#keep(byte);
        return;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#open(byte === OPEN_BRACE);
        return;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#endScalar();
        this.#depth--;
        this.#expectsKey = false;
        return;
      case COMMA:
        this.#endScalar();
        this.#expectsKey = this.#depth >= 1 && this.#depth <= 3 && (this.#isObject[this.#depth - 1] ?? false);
        return;
      case COLON:
        this.#expectsKey = false;
        this.#token = [];
        this.#tokenIsKept = this.#depth >= 1 && this.#depth <= 2;
        return;
      default:
        if (byte > 32) this.#keep(byte);
    }
  }

  #open(isObject: boolean): void {
    if (this.#depth === 1) this.#note(this.#keys[0] ?? "", null);
    this.#depth++;
    if (this.#depth <= 3) {
      this.#isObject[this.#depth - 1] = isObject;
      this.#keys[this.#depth - 1] = "";
    }
    this.#expectsKey = isObject;
    this.#token = [];
    this.#tokenIsKept = false;
  }

  #endString(): void {
    const text = this.#tokenIsKept ? this.#tokenText() : "";
    this.#token = [];
    this.#tokenIsKept = false;
    if (this.#expectsKey && this.#depth >= 1 && this.#depth <= 3) {
      this.#keys[this.#depth - 1] = text;
      return;
    }
    this.#value(text);
  }

  #endScalar(): void {
    if (!this.#tokenIsKept || this.#token.length === 0) return;
    const raw = Buffer.from(this.#token).toString("latin1");
    this.#token = [];
    this.#tokenIsKept = false;
    if (raw === "true" || raw === "false") this.#value(raw === "true");
    else if (raw === "null") this.#value(null);
    else this.#value(Number(raw));
  }

  #value(value: string | number | boolean | null): void {
    if (this.#depth === 1 && this.#isObject[0]) this.#note(this.#keys[0] ?? "", value);
    if (this.#depth !== 2 || !this.#isObject[0] || !this.#isObject[1]) return;
    const key = this.#keys[1];
    if (this.#keys[0] === "result" && key === "isError") this.#isError = value === true;
    if (this.#keys[0] !== "error") return;
    if (key === "code" && typeof value === "number" && Number.isSafeInteger(value)) this.#errorCode = value;
    if (key === "message" && typeof value === "string") {
      this.#errorMessage = value.slice(0, limits.mcp.errorCharactersMax);
    }
  }

  #note(key: string, value: string | number | boolean | null): void {
    if (key === "id" && (typeof value === "string" || typeof value === "number")) this.#id = value;
    if (key === "error") this.#hasError = true;
    if (key === "result") this.#hasResult = true;
  }

  #tokenText(): string {
    const raw = Buffer.from(this.#token).toString("utf8");
    try {
      return JSON.parse(raw.endsWith('"') && raw.length > 1 ? raw : `${raw}"`) as string;
    } catch {
      // Cut in the middle of an escape: what is left is good enough for a log row.
      return raw.slice(1);
    }
  }
}
