/** A text as one word of a POSIX shell: single quotes survive every character. NUL, which no argument can hold, is dropped. */
export const shellQuoted = (text: string): string =>
  `'${text.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
