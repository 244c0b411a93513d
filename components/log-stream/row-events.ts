import type { RowsView } from "#lib/client/log-stream/painted-rows.ts";
import { firstAfter } from "#lib/client/log-stream/row-list.ts";
import type { GapRow } from "#lib/client/log-stream/rows.ts";

/** The row an event happened in, and on which part of it, such as its time; null outside of rows and on what is clickable itself. */
export function rowNumberAt(
  target: EventTarget | null,
): { readonly n: number; readonly part: string } | null {
  if (!(target instanceof Element)) return null;
  if (target.closest("a, button:not([data-part]), [data-details]")) return null;
  const row = target.closest<HTMLElement>("[data-n]");
  if (row?.dataset.level === undefined) return null;
  return { n: Number(row.dataset.n), part: target.closest<HTMLElement>("[data-part]")?.dataset.part ?? "" };
}

/** The gap whose missing lines a click asks for. */
export function gapAt(target: EventTarget | null, { all }: RowsView): GapRow | null {
  if (!(target instanceof Element) || target.closest("[data-part=load-gap]") === null) return null;
  const row = target.closest<HTMLElement>("[data-n]");
  const found = all.rowAt(firstAfter(all, Number(row?.dataset.n)) - 1);
  return found?.kind === "gap" ? found : null;
}

/** The address of a request that a plain click asks for; clicks for another tab or window are the browser's. */
export function requestHrefAt(event: {
  target: EventTarget | null;
  button: number;
  metaKey: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
}): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return null;
  if (!(event.target instanceof Element)) return null;
  return event.target.closest<HTMLAnchorElement>("a[data-part=request]")?.getAttribute("href") ?? null;
}

/** First and last row of the browser's text selection when it spans more than one row of `list`. */
export function selectedRowNumbers(list: HTMLElement): { readonly from: number; readonly to: number } | null {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed) return null;
  const from = rowOf(list, selection.anchorNode);
  const to = rowOf(list, selection.focusNode);
  return from === null || to === null || from === to ? null : { from, to };
}

function rowOf(list: HTMLElement, node: Node | null): number | null {
  if (node === null || !list.contains(node)) return null;
  const element = node instanceof Element ? node : node.parentElement;
  const row = element?.closest<HTMLElement>("[data-n]");
  return row?.dataset.n === undefined ? null : Number(row.dataset.n);
}
