/** Whole dollars as typed, or null. */
export const wholeUsd = (text: string): number | null =>
  /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : null;
