import { Dispatcher } from "undici";

/** How long an error is held back so that the reason is known when it is told. */
const EXIT_WAIT_MS = 250;
const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  "UND_ERR_SOCKET",
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
  "UND_ERR_ABORTED",
  "ECONNRESET",
  "ECONNREFUSED",
  "ENOENT",
  "EPIPE",
]);

const isConnectionError = (error: Error): boolean =>
  "code" in error && typeof error.code === "string" && CONNECTION_ERRORS.has(error.code);

type Handler = Dispatcher.DispatchHandler;

/** Passes everything on; a lost connection is told only after the process behind it had time to say why it ended. */
class ExitAwareHandler implements Handler {
  readonly #handler: Handler;
  readonly #ended: Promise<unknown>;

  constructor(handler: Handler, ended: Promise<unknown>) {
    this.#handler = handler;
    this.#ended = ended;
  }

  onRequestStart(...args: Parameters<NonNullable<Handler["onRequestStart"]>>): void {
    this.#handler.onRequestStart?.(...args);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Handler["onRequestUpgrade"]>>): void {
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Handler["onResponseStart"]>>): void {
    this.#handler.onResponseStart?.(...args);
  }

  onResponseData(...args: Parameters<NonNullable<Handler["onResponseData"]>>): void {
    this.#handler.onResponseData?.(...args);
  }

  onResponseEnd(...args: Parameters<NonNullable<Handler["onResponseEnd"]>>): void {
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (!isConnectionError(error)) {
      this.#handler.onResponseError?.(controller, error);
      return;
    }
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      clearTimeout(timer);
      this.#handler.onResponseError?.(controller, error);
    };
    const timer = setTimeout(tell, EXIT_WAIT_MS);
    void this.#ended.then(tell);
  }
}

/**
 * A dispatcher to one runtime process. When the process dies during an exchange, the exchange's error comes after the
 * process's end is known (or 250 ms passed), so that whoever gets the error can ask why.
 */
export class ExitAwareDispatcher extends Dispatcher {
  readonly #pool: Dispatcher;
  readonly #ended: Promise<unknown>;

  constructor(pool: Dispatcher, ended: Promise<unknown>) {
    super();
    this.#pool = pool;
    this.#ended = ended;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Handler): boolean {
    return this.#pool.dispatch(options, new ExitAwareHandler(handler, this.#ended));
  }
}
