/** Where the dashboard shows something that a diagnosis names; it stays within the organization whatever the path says. */
export const pathHref = (org: string, path: string): string =>
  `/${encodeURIComponent(org)}/${path.replace(/^[/\\]+/, "")}`;

export const incidentHref = (org: string, number: number, tab = ""): string =>
  `/${encodeURIComponent(org)}/incidents/${number}${tab}`;

/** A named cause in words. The list of codes is open: one that is not known is readable as well. */
export const causeText = (code: string): string => code.replaceAll("_", " ");
