/** The world as a command sees it: injected, so that tests own it. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data. */
  out(text: string): void;
  /** Resolves when the reader of the data keeps up: wait for it between large pieces. */
  outTaken(): Promise<void>;
  /** Talk. */
  err(text: string): void;
  readonly stdoutIsTty: boolean;
  readonly stdinIsTty: boolean;
  /** Everything on standard input, at most `bytesMax`. Only when it is no terminal. */
  readStdin(bytesMax: number): Promise<string>;
  /** Asks for a secret without showing it. Only on a terminal. */
  askSecret(question: string): Promise<string>;
  /** Calls back on Ctrl-C or SIGTERM; answers how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  readonly homeDirectory: string;
  readonly nowMs: () => number;
}
