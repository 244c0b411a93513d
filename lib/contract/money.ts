import { z } from "zod";
import { isMicros } from "#lib/kernel/money.ts";

/** An amount in micro-USD as a decimal string, e.g. `"1250000"`; never a JSON number. May be negative. */
export const Micros = z
  .string()
  .max(20)
  .refine(isMicros, { error: 'Give whole micro-USD as a decimal string, e.g. "1250000" for $1.25.' });
export type Micros = z.infer<typeof Micros>;

/** An amount above zero. */
export const PositiveMicros = Micros.refine((text) => !text.startsWith("-") && text !== "0", {
  error: "Give an amount above zero.",
});

/** An amount of zero or more. */
export const NaturalMicros = Micros.refine((text) => !text.startsWith("-"), {
  error: "Give an amount of zero or more.",
});
