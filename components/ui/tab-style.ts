/** How a row of tabs looks, whether they are links to pages or switch panels in place. */
export const tabListStyle = "no-scrollbar flex gap-4.5 overflow-x-auto border-b";
export const tabStyle =
  "-mb-px shrink-0 border-transparent border-b-2 pt-1.5 pb-2 text-muted text-sm transition-colors hover:text-fg focus-visible:rounded-sm focus-visible:-outline-offset-2 aria-[current=page]:border-fg aria-[current=page]:font-medium aria-[current=page]:text-fg aria-selected:border-fg aria-selected:font-medium aria-selected:text-fg";
