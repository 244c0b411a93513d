/** One window of calls against an earlier one: what moved, by whom, what and where, and how surprising that is. */
export { compareServerWindows } from "./compare-server-windows.ts";
export { compareWindows } from "./compare-windows.ts";
