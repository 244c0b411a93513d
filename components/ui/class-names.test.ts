import { extendTailwindMerge } from "tailwind-merge";
import { describe, expect, it } from "vitest";
import { buttonStyle } from "./button.tsx";
import { cn } from "./class-names.ts";

const complete = extendTailwindMerge({ extend: { theme: { text: ["2xs"], shadow: ["pop", "button"] } } });

describe("joining class names", () => {
  it("lets the later class win exactly as the library's complete table does", () => {
    const pairs: [string, string][] = [
      ["grid justify-items-center gap-1 px-6 py-10 text-center", "py-8"],
      ["h-8 px-2.5 text-sm text-fg read-only:bg-raised/60", "h-9 font-mono"],
      [
        "fixed inset-x-2 bottom-2 z-50 max-h-[76vh] max-w-lg rounded-xl border border-line sm:inset-x-4 sm:top-[12vh] sm:bottom-auto",
        "inset-0 h-dvh max-h-dvh max-w-none rounded-none sm:inset-x-4 sm:top-[4vh] sm:max-w-[1280px] sm:rounded-xl",
      ],
      ["text-muted text-xs", "text-fail"],
      ["text-muted text-xs", "text-sm"],
      ["border border-line border-dashed", "border-fail/40"],
      ["border-b border-line", "border-b-0 border-dashed"],
      ["flex w-full items-center", "inline-flex size-6.5"],
      ["p-4 pt-1", "px-2"],
      ["hidden md:table-cell", "block"],
      ["-mx-1 my-1", "m-0"],
      ["overflow-x-auto", "overflow-hidden"],
      ["font-medium font-sans", "font-mono font-semibold"],
      [buttonStyle({ variant: "ghost", size: "icon-sm" }), "absolute top-1.5 right-1.5 bg-bg"],
    ];
    for (const [base, override] of pairs) {
      const words = (text: string) => text.split(" ").sort();
      expect(words(cn(base, override))).toEqual(words(complete(base, override)));
    }
  });

  it("leaves out what is not a class", () => {
    expect(cn("a", false, null, undefined, { b: true, c: false })).toBe("a b");
  });
});
