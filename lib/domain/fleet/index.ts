/** The organization's servers together: the list and the overview, with what the last day brought. */
export { getOverview } from "./get-overview.ts";
export { listServers } from "./list-servers.ts";
