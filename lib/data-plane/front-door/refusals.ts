/** Counts refusals by address in fixed windows; forgets the longest unused address when there are too many. */
export function createRefusals(options: {
  max: number;
  windowMs: number;
  addressesMax: number;
  monotonicMs(): number;
}): { count(address: string): void; areTooMany(address: string): boolean } {
  const { max, windowMs, addressesMax, monotonicMs } = options;
  const windows = new Map<string, { since: number; refused: number }>();
  const current = (address: string) => {
    const window = windows.get(address);
    return window && monotonicMs() - window.since < windowMs ? window : null;
  };
  return {
    count(address) {
      const window = current(address) ?? { since: monotonicMs(), refused: 0 };
      window.refused += 1;
      windows.delete(address);
      windows.set(address, window);
      const [oldest] = windows.keys();
      if (windows.size > addressesMax && oldest !== undefined) windows.delete(oldest);
    },
    areTooMany: (address) => (current(address)?.refused ?? 0) >= max,
  };
}
