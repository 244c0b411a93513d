/** Does `work` for each item, at most `atOnceMax` at the same time; begins none once `signal` is aborted. */
export async function inTurns<Item>(
  items: readonly Item[],
  atOnceMax: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !signal.aborted; item = waiting.shift())
      await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, worker));
}
