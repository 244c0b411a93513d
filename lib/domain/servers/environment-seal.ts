/** What binds a sealed value to its place: moved to another server or name, it does not open. */
export const environmentContext = (organizationId: string, serverId: string, name: string): string =>
  `${organizationId}/${serverId}/${name}`;
