/** What binds a sealed value to its place: moved to another server or name, it does not open. */
export const environmentContext = (organizationId: string, serverId: string, name: string): string =>
  `${organizationId}/${serverId}/${name}`;

/** The same for a header that goes to an upstream. */
export const upstreamHeaderContext = (organizationId: string, serverId: string, name: string): string =>
  `${organizationId}/${serverId}/header/${name}`;
