/** The key of what counts hold together: names of strangers beyond a bound. Not a tool name that MCP allows. Browser-safe. */
export const OTHER_NAMES = "\u2026other";
