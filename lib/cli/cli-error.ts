import { EXIT, type ExitCode } from "./exit-code.ts";

/** An expected failure of a command: what happened, what to do next, and how the process ends. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  /** What to do next; empty when the message already says it. */
  readonly next: string;

  constructor(exitCode: ExitCode, message: string, next = "", options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.next = next;
  }
}

export const usageError = (message: string, next = ""): CliError => new CliError(EXIT.usage, message, next);
