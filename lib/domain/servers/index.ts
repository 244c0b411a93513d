/** Servers: what they are called, where they live, what they offer and how they are configured. */

export { announce, announced, within } from "../access/index.ts";
export { actorNames, userIdOf, userNames } from "./actor-names.ts";
export { createServer } from "./create-server.ts";
export { deleteServer } from "./delete-server.ts";
export { loadDirectoryRows } from "./directory-rows.ts";
export { environmentContext } from "./environment-seal.ts";
export { getOverview } from "./get-overview.ts";
export { getServer } from "./get-server.ts";
export { getServerConfig } from "./get-server-config.ts";
export { lastDay } from "./last-day.ts";
export { listServers } from "./list-servers.ts";
export { listTools } from "./list-tools.ts";
export { capRetention } from "./retention-cap.ts";
export { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";
export { updateServer } from "./update-server.ts";
export { updateServerConfig } from "./update-server-config.ts";
