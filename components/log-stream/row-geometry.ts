import type { RowHeight } from "#lib/client/log-stream/grouped-rows.ts";
import type { RowGroup, RowsView } from "#lib/client/log-stream/painted-rows.ts";
import {
  ROW_HEIGHT_PX,
  type RowLayout,
  tailLayout,
  uniformLayout,
  variableLayout,
  wrappedHeightPx,
} from "#lib/client/log-stream/row-layout.ts";
import type { ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

/** Width of a row that is not message: padding, time, level and, from `sm` on, request id, with the room between. */
const SM_PX = 640;
const REM_PX = 16;
const besideMessagePx = (windowWidthPx: number): number =>
  24 + (5.75 + 2) * REM_PX + (windowWidthPx >= SM_PX ? (3.25 + 0.5) * REM_PX : 0);

/** Rows from the end that a following list measures: more than any screen shows. */
const TAIL_ROWS_MAX = 300;

/** How high a row is when messages wrap in a list of that width. */
export function wrappedHeight(listWidthPx: number, windowWidthPx: number, characterPx: number): RowHeight {
  const columns = Math.floor((listWidthPx - besideMessagePx(windowWidthPx)) / Math.max(1, characterPx));
  return (row, isGrouped) =>
    wrappedHeightPx(row, Math.max(8, columns), viewerLimits.wrappedLinesMax, isGrouped);
}

/** True when a painted row carries the sign that it stands for more lines. */
export const hasSign = ({ kind }: RowGroup): boolean => kind === "stack" || kind === "repeat";

/** Where the rows of a view stand. `opened` are the heights of details by row number. */
export function layoutOf(
  view: RowsView,
  liveHeightPx: ViewerSnapshot["liveHeightPx"],
  heightOf: RowHeight | null,
  opened: ReadonlyMap<number, number>,
): RowLayout {
  const heightAt = (index: number): number => {
    const row = view.rowAt(index);
    return row === undefined || heightOf === null
      ? ROW_HEIGHT_PX
      : heightOf(row, hasSign(view.groupAt(index)));
  };
  if (!view.isFrozen) {
    return heightOf === null
      ? uniformLayout(view.count)
      : tailLayout(view.count, liveHeightPx, heightAt, TAIL_ROWS_MAX);
  }
  if (heightOf === null && opened.size === 0) return uniformLayout(view.count);
  const heights = new Float64Array(view.count);
  for (let index = 0; index < view.count; index++) {
    heights[index] = heightAt(index) + (opened.get(view.rowAt(index)?.n ?? -1) ?? 0);
  }
  return variableLayout(heights);
}
