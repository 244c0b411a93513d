/** Choosing a stretch of bars by pointer or keyboard. Bars are counted from 0. */
export interface Brush {
  /** Where the choice began, and where it ends by now; the same for one bar. */
  readonly anchor: number;
  readonly head: number;
}

/** Which bar lies at `xPx` of a chart `widthPx` wide; a place beside the chart belongs to its nearest bar. */
export const barAt = (xPx: number, widthPx: number, bars: number): number =>
  widthPx <= 0 || !Number.isFinite(xPx)
    ? 0
    : Math.min(Math.max(Math.floor((xPx / widthPx) * bars), 0), Math.max(bars - 1, 0));

/** First and last bar of a choice. */
export const spanOf = ({ anchor, head }: Brush): { first: number; last: number } => ({
  first: Math.min(anchor, head),
  last: Math.max(anchor, head),
});

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

/** The choice after a key: arrows move one bar, with Shift they widen; null when the key means nothing here. */
export function brushByKey(
  brush: Brush | null,
  { key, shiftKey }: { key: string; shiftKey: boolean },
  bars: number,
): Brush | null {
  if (bars === 0) return null;
  const at = brush?.head ?? bars;
  const aim = key === "Home" ? 0 : key === "End" ? bars - 1 : key in STEPS ? at + (STEPS[key] ?? 0) : null;
  if (aim === null) return null;
  const head = Math.min(Math.max(aim, 0), bars - 1);
  return { anchor: shiftKey ? (brush?.anchor ?? head) : head, head };
}

interface TimedBars {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly barMs: number;
  readonly bars: readonly { readonly at: string }[];
}

/** The window that the chosen bars cover, within what the chart shows; `to` is exclusive. Null when there is none. */
export function windowOf(chart: TimedBars, brush: Brush): { from: string; to: string } | null {
  const { first, last } = spanOf(brush);
  const start = chart.bars[first];
  const end = chart.bars[last];
  if (start === undefined || end === undefined) return null;
  const fromMs = Math.max(Date.parse(start.at), Date.parse(chart.from));
  const toMs = Math.min(Date.parse(end.at) + chart.barMs, Date.parse(chart.to));
  return toMs > fromMs ? { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() } : null;
}
