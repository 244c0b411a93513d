/** How somebody likes to read logs; kept by their browser. */
export interface ViewerPreferences {
  readonly wraps: boolean;
  readonly foldsStacks: boolean;
  readonly collapsesRepeats: boolean;
}

export const DEFAULT_PREFERENCES: ViewerPreferences = {
  wraps: false,
  foldsStacks: true,
  collapsesRepeats: true,
};

/** What `localStorage` offers, as far as it is needed. */
export interface PreferencePlace {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = "log-viewer";

/**
 * Preferences outside of React: give `subscribe` and `read` to `useSyncExternalStore`. A browser that does not let
 * pages store anything forgets them with the page.
 */
export class PreferenceStore {
  readonly #place: PreferencePlace | null;
  readonly #subscribers = new Set<() => void>();
  #current: ViewerPreferences;

  constructor(place: PreferencePlace | null) {
    this.#place = place;
    this.#current = preferencesIn(place === null ? null : storedIn(place));
  }

  readonly read = (): ViewerPreferences => this.#current;

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  change(part: Partial<ViewerPreferences>): void {
    this.#current = { ...this.#current, ...part };
    try {
      this.#place?.setItem(KEY, JSON.stringify(this.#current));
    } catch {
      // Storage is full or forbidden: the choice holds until the page is left.
    }
    for (const subscriber of this.#subscribers) subscriber();
  }
}

function storedIn(place: PreferencePlace): string | null {
  try {
    return place.getItem(KEY);
  } catch {
    // Reading is forbidden in some private windows: the defaults hold.
    return null;
  }
}

/** The preferences that a stored text says; defaults for whatever it does not. */
export function preferencesIn(text: string | null): ViewerPreferences {
  const stored = parsed(text ?? "");
  const chosen = (name: keyof ViewerPreferences): boolean => {
    const value = stored[name];
    return typeof value === "boolean" ? value : DEFAULT_PREFERENCES[name];
  };
  return {
    wraps: chosen("wraps"),
    foldsStacks: chosen("foldsStacks"),
    collapsesRepeats: chosen("collapsesRepeats"),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Not ours, or from another version.
    return {};
  }
}
