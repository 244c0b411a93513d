import { readFile } from "node:fs/promises";
import { desc, eq } from "drizzle-orm";
import { z } from "zod";
import { planVersions } from "#drizzle/schema/index.ts";
import { PlanCaps, PlanPrices } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { type SystemCaller, systemCommand } from "../access/index.ts";

/** A plan as the operator's file writes it. */
const PlanInFile = z.object({
  plan: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "A plan's name has lower-case letters, digits and hyphens."),
  name: z.string().trim().min(1).max(100),
  caps: PlanCaps.strict(),
  prices: PlanPrices.strict(),
});
const PlanFile = z.object({ plans: z.array(PlanInFile.strict()).min(1).max(100) }).strict();
type PlanFile = z.infer<typeof PlanFile>;

/** The operator's plans. Throws an Error that names the file and what is wrong with it. */
export async function readPlanFile(file: string): Promise<PlanFile> {
  try {
    return PlanFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The plans in ${file} cannot be used: ${why}`);
  }
}

/**
 * Makes a new version of every plan that the file describes otherwise than its newest one; what was priced by older
 * versions stays explained by them. Answers the new versions.
 */
export const syncPlans: (caller: SystemCaller, input: PlanFile) => Promise<string[]> = systemCommand({
  name: "plan.sync",
  input: PlanFile,
  run: async (ctx, { plans }) => {
    const made: string[] = [];
    for (const { plan, name, caps, prices } of plans) {
      const [newest] = await ctx.db
        .select()
        .from(planVersions)
        .where(eq(planVersions.plan, plan))
        .orderBy(desc(planVersions.version))
        .limit(1);
      const row = {
        plan,
        version: (newest?.version ?? 0) + 1,
        name,
        caps,
        perCallMicros: microsOf(prices.perCallMicros),
        per100MsMicros: microsOf(prices.per100MsMicros),
        per64KibMicros: microsOf(prices.per64KibMicros),
        effectiveAt: new Date(ctx.clock.nowMs()),
      };
      if (newest && isSame(newest, row)) continue;
      const inserted = await ctx.db.insert(planVersions).values(row).onConflictDoNothing().returning();
      if (inserted.length > 0) made.push(`${plan}@${row.version}`);
    }
    return { value: made, audit: { entity: "plan", entityId: null, after: { made } } };
  },
});

type Terms = Pick<
  typeof planVersions.$inferSelect,
  "name" | "caps" | "perCallMicros" | "per100MsMicros" | "per64KibMicros"
>;

const isSame = (left: Terms, right: Terms): boolean =>
  left.name === right.name &&
  left.perCallMicros === right.perCallMicros &&
  left.per100MsMicros === right.per100MsMicros &&
  left.per64KibMicros === right.per64KibMicros &&
  Object.entries(right.caps).every(([cap, value]) => left.caps[cap] === value);
