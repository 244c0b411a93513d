/** Colours of the servers watched together, by their number; a name stands beside each. */
export const SOURCE_COLOURS = [
  "bg-[light-dark(oklch(0.55_0.17_255),oklch(0.72_0.14_255))]",
  "bg-[light-dark(oklch(0.6_0.15_60),oklch(0.78_0.14_70))]",
  "bg-[light-dark(oklch(0.55_0.14_160),oklch(0.75_0.14_160))]",
  "bg-[light-dark(oklch(0.55_0.2_320),oklch(0.74_0.16_320))]",
  "bg-[light-dark(oklch(0.58_0.13_200),oklch(0.78_0.11_200))]",
  "bg-[light-dark(oklch(0.55_0.2_20),oklch(0.72_0.16_20))]",
  "bg-[light-dark(oklch(0.55_0.13_115),oklch(0.78_0.15_115))]",
  "bg-[light-dark(oklch(0.5_0.18_290),oklch(0.72_0.14_290))]",
] as const;

export const sourceColour = (source: number): string =>
  SOURCE_COLOURS[source % SOURCE_COLOURS.length] ?? SOURCE_COLOURS[0];
