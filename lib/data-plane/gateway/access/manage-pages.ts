import type { ServerEntry } from "../../directory/index.ts";

/** The page on which the budget of an agent is changed; each page of an agent resumes it. */
export const agentPageOf = (
  publicUrl: string,
  { organizationSlug }: Pick<ServerEntry, "organizationSlug">,
  agentId: string,
): string => `${publicUrl}/${organizationSlug}/agents/${agentId}/budget`;

/** The page on which credits are bought. */
export const billingPageOf = (
  publicUrl: string,
  { organizationSlug }: Pick<ServerEntry, "organizationSlug">,
): string => `${publicUrl}/${organizationSlug}/settings/billing`;
