import type { Incident } from "#lib/contract/index.ts";
import type { CommandCall } from "./command.ts";

/** Where an incident is seen in a browser. */
export async function incidentUrl({ session }: CommandCall, { number }: Incident): Promise<string> {
  const { apiUrl } = await session.api();
  return `${apiUrl}${(await session.organizationPath()).slice("/organizations".length)}/incidents/${number}`;
}
