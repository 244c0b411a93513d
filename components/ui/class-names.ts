import { type ClassValue, clsx } from "clsx";
import { createTailwindMerge } from "tailwind-merge";

const any = () => true;
const sides = (property: "p" | "m") => ({
  [property]: [{ [property]: [any] }],
  ...Object.fromEntries(
    ["x", "y", "t", "r", "b", "l"].map((side) => [`${property}${side}`, [{ [`${property}${side}`]: [any] }]]),
  ),
});
const sideConflicts = (property: "p" | "m") => ({
  [property]: ["x", "y", "t", "r", "b", "l"].map((side) => `${property}${side}`),
  [`${property}x`]: [`${property}r`, `${property}l`],
  [`${property}y`]: [`${property}t`, `${property}b`],
});
const oneOf = (...prefixes: string[]) =>
  Object.fromEntries(prefixes.map((prefix) => [prefix, [{ [prefix]: ["", any] }]]));

/** Only the kinds of utilities that this code base overrides: a quarter of the library's own table, in every first load. */
const merge = createTailwindMerge(() => ({
  cacheSize: 500,
  theme: {},
  classGroups: {
    ...sides("p"),
    ...sides("m"),
    ...oneOf("size", "w", "h", "min-w", "max-w", "min-h", "max-h", "gap", "gap-x", "gap-y"),
    ...oneOf("inset", "inset-x", "inset-y", "top", "right", "bottom", "left", "z"),
    ...oneOf("bg", "shadow", "opacity", "animate", "cursor", "leading", "tracking", "whitespace", "rounded"),
    ...oneOf("items", "justify", "justify-items", "place-items", "content", "self", "grid-cols", "col-span"),
    ...oneOf("overflow", "overflow-x", "overflow-y"),
    display: [
      "block",
      "inline-block",
      "inline",
      "flex",
      "inline-flex",
      "grid",
      "inline-grid",
      "contents",
      "hidden",
      "table-cell",
    ],
    position: ["static", "relative", "absolute", "fixed", "sticky"],
    "screen-reader": ["sr-only", "not-sr-only"],
    "text-size": [{ text: ["2xs", "xs", "sm", "base", "lg", "xl", "2xl"] }],
    "text-align": [{ text: ["left", "center", "right"] }],
    "text-wrap": [{ text: ["balance", "pretty", "wrap", "nowrap"] }],
    "text-color": [{ text: [any] }],
    "font-weight": [{ font: ["normal", "medium", "semibold", "bold"] }],
    "font-family": [{ font: ["sans", "mono"] }],
    "border-width": [{ border: ["", "0", "2", "4"] }],
    ...oneOf("border-x", "border-y", "border-t", "border-r", "border-b", "border-l"),
    "border-style": [{ border: ["solid", "dashed", "dotted", "none"] }],
    "border-color": [{ border: [any] }],
    flex: [{ flex: ["1", "auto", "none", "initial"] }],
    "flex-direction": [{ flex: ["row", "col", "row-reverse", "col-reverse"] }],
    "flex-wrap": [{ flex: ["wrap", "nowrap"] }],
    shrink: [{ shrink: ["", "0"] }],
  },
  conflictingClassGroups: {
    ...sideConflicts("p"),
    ...sideConflicts("m"),
    size: ["w", "h"],
    gap: ["gap-x", "gap-y"],
    inset: ["inset-x", "inset-y", "top", "right", "bottom", "left"],
    "inset-x": ["left", "right"],
    "inset-y": ["top", "bottom"],
    overflow: ["overflow-x", "overflow-y"],
  },
  conflictingClassGroupModifiers: {},
  postfixLookupClassGroups: [],
  orderSensitiveModifiers: ["*", "**", "after", "before", "placeholder", "marker", "selection"],
}));

/** Joins class names; a later Tailwind class wins over an earlier one of the same kind. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes));
