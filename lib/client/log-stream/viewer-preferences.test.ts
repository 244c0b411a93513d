import { describe, expect, it } from "vitest";
import { DEFAULT_PREFERENCES, PreferenceStore, preferencesIn } from "./viewer-preferences.ts";

describe("how somebody likes to read logs", () => {
  it("is remembered by the browser and told to every viewer of the page", () => {
    const stored = new Map<string, string>();
    const place = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    };
    const store = new PreferenceStore(place);
    let told = 0;
    store.subscribe(() => told++);
    store.change({ foldsStacks: false });
    expect(told).toBe(1);
    expect(new PreferenceStore(place).read()).toEqual({ ...DEFAULT_PREFERENCES, foldsStacks: false });
  });

  it("holds for the page where nothing may be stored", () => {
    const refused = () => {
      throw new Error("SecurityError");
    };
    const store = new PreferenceStore({ getItem: refused, setItem: refused });
    store.change({ wraps: true });
    expect(store.read().wraps).toBe(true);
  });

  it.each([null, "", "{", "[]", "null", '{"wraps":"yes","foldsStacks":1}'])(
    "is the default for %j",
    (text) => {
      expect(preferencesIn(text)).toEqual(DEFAULT_PREFERENCES);
    },
  );
});
