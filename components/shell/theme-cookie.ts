export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
/** Holds the chosen theme; not a secret, and read by the server before the first byte. */
export const THEME_COOKIE = "mcpstack-theme";

export const isTheme = (text: string | undefined): text is Theme => THEMES.some((theme) => theme === text);
