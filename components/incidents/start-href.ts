/** What is known about something that is wrong, before anybody looked. Names and meaning as in `startSearch`. */
export interface StartAbout {
  readonly symptom?: string | null;
  readonly server?: string | null;
  readonly agent?: string | null;
  readonly tool?: string | null;
  readonly client?: string | null;
  readonly requestId?: string | null;
  readonly checkId?: string | null;
  readonly at?: string | null;
  readonly origin?: "dashboard" | "check" | "log";
}

/** Where a walkthrough is started about what is given. Apart, and plain, because many pages lead there. */
export function startHref(org: string, about: StartAbout = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(about)) if (value) search.set(name, value);
  const text = search.toString();
  return `/${encodeURIComponent(org)}/incidents/new${text === "" ? "" : `?${text}`}`;
}
