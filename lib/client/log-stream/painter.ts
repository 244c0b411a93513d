import type { Cancel, LogStreamEnvironment } from "./environment.ts";

const TICK_MS = 1_000;

/**
 * When the viewer is painted: at most once per animation frame, every second frame under a flood, and once a second
 * while numbers change by themselves.
 */
export class Painter {
  readonly #environment: Pick<LogStreamEnvironment, "beforePaint" | "after">;
  readonly #paint: () => { readonly isFlood: boolean };
  readonly #tick: () => void;
  #cancelPaint: Cancel | null = null;
  #cancelTick: Cancel | null = null;
  #isResting = false;

  /** `paint` says whether it had to replace all there is to see; the next frame then stays free. */
  constructor(
    environment: Pick<LogStreamEnvironment, "beforePaint" | "after">,
    paint: () => { readonly isFlood: boolean },
    tick: () => void,
  ) {
    this.#environment = environment;
    this.#paint = paint;
    this.#tick = tick;
  }

  paintSoon(): void {
    this.#cancelPaint ??= this.#environment.beforePaint(() => {
      this.#cancelPaint = null;
      if (this.#isResting) {
        this.#isResting = false;
        this.paintSoon();
      } else this.#isResting = this.#paint().isFlood;
    });
  }

  tickSoon(): void {
    this.#cancelTick ??= this.#environment.after(TICK_MS, () => {
      this.#cancelTick = null;
      this.#tick();
    });
  }

  stop(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#isResting = false;
  }
}
