const encoder = new TextEncoder();

/**
 * Makes a function that answers the longest beginning of a text that fits into `bytesMax` bytes of UTF-8 and ends
 * between two code points. It answers the text itself when that fits.
 */
export function createCut(bytesMax: number): (text: string) => string {
  const scratch = new Uint8Array(bytesMax);
  return (text) => {
    if (text.length * 3 <= bytesMax) return text;
    const { read } = encoder.encodeInto(text, scratch);
    return read === text.length ? text : text.slice(0, read);
  };
}
