/** Our own MCP endpoint for investigations. */
export const mcpAdminLimits = {
  /** Of one tool's answer as JSON: what a model reads at once. */
  answerBytesMax: 65_536,
  rowsDefault: 20,
  rowsMax: 50,
  /** Open `subscriptions/listen` streams of this process. */
  subscriptionsMax: 64,
} as const;
