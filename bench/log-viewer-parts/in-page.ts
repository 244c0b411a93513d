/** What is measured inside the page. These functions are sent to the browser as text, so they use nothing from here. */

export interface FrameReport {
  /** Frames per second on average, and the longest 1 % of frames. */
  fps: number;
  frameP99Ms: number;
}

/** Counts animation frames for a while. */
export const measureFrames = (durationMs: number): Promise<FrameReport> =>
  new Promise((resolve) => {
    const gaps: number[] = [];
    let startMs = 0;
    let lastMs = 0;
    const onFrame = (nowMs: number): void => {
      if (startMs === 0) startMs = nowMs;
      else gaps.push(nowMs - lastMs);
      lastMs = nowMs;
      if (nowMs - startMs < durationMs) requestAnimationFrame(onFrame);
      else {
        gaps.sort((a, b) => a - b);
        resolve({
          fps: (gaps.length * 1_000) / (nowMs - startMs),
          frameP99Ms: gaps[Math.floor(gaps.length * 0.99)] ?? 0,
        });
      }
    };
    requestAnimationFrame(onFrame);
  });

/**
 * Ages of lines when they were seen on the page: each line carries the time it was written as `at=…`. Read at the
 * start of the frame after the one that painted them, so a frame is added rather than left out.
 */
export const measureAges = (durationMs: number): Promise<number[]> =>
  new Promise((resolve) => {
    const ages: number[] = [];
    const startMs = performance.now();
    let seen = Number.MAX_SAFE_INTEGER;
    const onFrame = (): void => {
      const rows = [...document.querySelectorAll<HTMLElement>("[data-level]")];
      const newest = Number(rows.at(-1)?.dataset.n ?? -1);
      for (const row of rows) {
        if (Number(row.dataset.n) <= seen) continue;
        const writtenMs = Number(/at=(\d+)/.exec(row.textContent ?? "")?.[1]);
        ages.push(Date.now() - writtenMs);
      }
      seen = newest;
      if (performance.now() - startMs < durationMs) requestAnimationFrame(onFrame);
      else resolve(ages);
    };
    requestAnimationFrame(onFrame);
  });

/** How far the first row on the screen moves, at most, frame by frame. Pixels; a row that is replaced is infinitely far. */
export const measureDrift = (durationMs: number): Promise<number> =>
  new Promise((resolve) => {
    const list = document.querySelector<HTMLElement>("[role=log]");
    const top = list?.getBoundingClientRect().top ?? 0;
    const firstVisible = (): HTMLElement | undefined =>
      [...document.querySelectorAll<HTMLElement>("[data-n]")].find(
        (row) => row.getBoundingClientRect().bottom > top,
      );
    const reference = firstVisible();
    const atPx = reference?.getBoundingClientRect().top ?? 0;
    const n = reference?.dataset.n;
    const startMs = performance.now();
    let drift = 0;
    const onFrame = (): void => {
      const row = firstVisible();
      drift =
        row?.dataset.n === n && row !== undefined
          ? Math.max(drift, Math.abs(row.getBoundingClientRect().top - atPx))
          : Number.POSITIVE_INFINITY;
      if (performance.now() - startMs < durationMs && Number.isFinite(drift)) requestAnimationFrame(onFrame);
      else resolve(drift);
    };
    requestAnimationFrame(onFrame);
  });
