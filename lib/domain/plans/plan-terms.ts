import { and, desc, eq, lte } from "drizzle-orm";
import { organizations, planVersions } from "#drizzle/schema/index.ts";
import { PlanCaps, type PlanVersion } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";

/** What counts for an organization now. Prices in micros. */
export interface PlanTerms {
  /** `plan@n`. */
  readonly priceVersion: string;
  readonly plan: string;
  readonly name: string;
  readonly version: number;
  readonly caps: PlanCaps;
  readonly prices: {
    readonly perCallMicros: bigint;
    readonly per100MsMicros: bigint;
    readonly per64KibMicros: bigint;
  };
  /** False where a call costs nothing. */
  readonly isPriced: boolean;
  readonly effectiveAt: Date;
}

type PlanVersionRow = typeof planVersions.$inferSelect;

const toTerms = (row: PlanVersionRow): PlanTerms => {
  const prices = {
    perCallMicros: row.perCallMicros,
    per100MsMicros: row.per100MsMicros,
    per64KibMicros: row.per64KibMicros,
  };
  return {
    priceVersion: `${row.plan}@${row.version}`,
    plan: row.plan,
    name: row.name,
    version: row.version,
    caps: PlanCaps.parse(row.caps),
    prices,
    isPriced: Object.values(prices).some((price) => price > 0n),
    effectiveAt: row.effectiveAt,
  };
};

/** The newest effective version of every plan, by the plan's name. */
export async function currentPlans(db: Db, nowMs: number): Promise<Map<string, PlanTerms>> {
  const rows = await db
    .selectDistinctOn([planVersions.plan])
    .from(planVersions)
    .where(lte(planVersions.effectiveAt, new Date(nowMs)))
    .orderBy(planVersions.plan, desc(planVersions.version));
  return new Map(rows.map((row) => [row.plan, toTerms(row)]));
}

/** The terms of one organization. Throws `not_found` for an organization that is none. */
export async function planOf(db: Db, organizationId: string, nowMs: number): Promise<PlanTerms> {
  const [row] = await db
    .select({ version: planVersions })
    .from(organizations)
    .innerJoin(planVersions, eq(planVersions.plan, organizations.plan))
    .where(and(eq(organizations.id, organizationId), lte(planVersions.effectiveAt, new Date(nowMs))))
    .orderBy(desc(planVersions.version))
    .limit(1);
  if (!row) throw notFound("plan");
  return toTerms(row.version);
}

/** The terms of all organizations, by id: what the data plane serves by. */
export async function plansOfOrganizations(db: Db, nowMs: number): Promise<Map<string, PlanTerms>> {
  const [plans, rows] = await Promise.all([
    currentPlans(db, nowMs),
    db.select({ id: organizations.id, plan: organizations.plan }).from(organizations),
  ]);
  const terms = new Map<string, PlanTerms>();
  for (const { id, plan } of rows) {
    const found = plans.get(plan);
    if (found) terms.set(id, found);
  }
  return terms;
}

/** The wire form. */
export const toPlanVersion = (terms: PlanTerms): PlanVersion => ({
  id: terms.priceVersion,
  plan: terms.plan,
  name: terms.name,
  version: terms.version,
  caps: terms.caps,
  prices: {
    perCallMicros: String(terms.prices.perCallMicros),
    per100MsMicros: String(terms.prices.per100MsMicros),
    per64KibMicros: String(terms.prices.per64KibMicros),
  },
  effectiveAt: terms.effectiveAt.toISOString(),
});
