/** How many rows a page of a long list may have. */
export const PAGE_SIZES = [25, 50, 100, 200] as const;
