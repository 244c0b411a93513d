import { and, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { incidents } from "#drizzle/schema/index.ts";
import type { Symptom } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bareDiagnosis,
  bareEvidence,
  createTestOrganization,
  fakeClock,
  type TestDatabase,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { mergeIncident, updateIncident } from "./index.ts";
import { openIncidentWith } from "./open-incident.ts";

const openIncident = openIncidentWith(async (ctx) => ({
  evidence: bareEvidence(ctx.organization.id),
  diagnosis: bareDiagnosis({ status: "healthy", headline: "All is well." }),
}));
const ids = createIdSource();
const clock = fakeClock();
let store: TestDatabase;
let acme: TestOrganization;
beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 8 });
});
afterAll(() => store.close());
let turn = 0;
beforeEach(async () => {
  turn += 1;
  acme = await createTestOrganization(store.database, `acme-${turn}`, "Acme");
});

const ctx = () => testCtx({ ...testSystem({ database: store.database, clock }), ids }, acme, "owner");
const open = (symptom: Symptom = "slow") => openIncident(ctx(), { symptom });
const become = (incident: { id: string }, status: "open" | "investigating" | "resolved") =>
  updateIncident(ctx(), { incident: incident.id, status });
const merge = (incident: { id: string }, into: { id: string }) =>
  mergeIncident(ctx(), { incident: incident.id, into: into.id });
const openOnes = () =>
  store.database.db
    .select({ id: incidents.id })
    .from(incidents)
    .where(and(eq(incidents.organizationId, acme.id), inArray(incidents.status, ["open", "investigating"])));
/** Its code, of a refusal; fails for anything else. */
const codeOf = (reason: unknown): string =>
  reason instanceof DomainError ? reason.code : `not refused: ${reason}`;

describe("opening again", () => {
  test("is refused while another one is open for the same thing, which it names", async () => {
    const first = await open();
    await become(first, "resolved");
    const second = await open();
    for (const status of ["open", "investigating"] as const)
      await expect(become(first, status)).rejects.toMatchObject({
        code: "conflict",
        message: `Incident #${second.number} is open for the same thing: merge this one into it, or go on there.`,
      });
    await become(second, "resolved");
    expect(await become(first, "open")).toMatchObject({ status: "open", resolvedAt: null });
  });

  test("and reporting it anew at the same time leave one open, and refuse or answer all others", async () => {
    const first = await open();
    for (let round = 0; round < 5; round++) {
      for (const one of await openOnes()) await become(one, "resolved");
      const ended = await Promise.allSettled([
        open(),
        become(first, "open"),
        open(),
        become(first, "investigating"),
      ]);
      const refused = ended.flatMap((one) => (one.status === "rejected" ? [codeOf(one.reason)] : []));
      expect(new Set(refused).difference(new Set(["conflict"])).size).toBe(0);
      expect(await openOnes()).toHaveLength(1);
    }
  });

  test("needs room as opening does", async () => {
    const first = await open();
    await become(first, "resolved");
    await store.database.sql`
      insert into incidents (organization_id, id, number, title, status, severity, origin, at, window_from, window_to, opened_by,
        opened_at, updated_at)
      select ${acme.id}, 'inc_' || ${turn}::int || '_' || n, n + 10, 'Full', 'open', 'info', 'api', now(), now(), now(), 'system', now(), now()
      from generate_series(1, ${limits.incidents.openPerOrganizationMax}) n`;
    await expect(become(first, "open")).rejects.toMatchObject({ code: "limit_reached" });
  });
});

describe("what was merged", () => {
  test("goes on in the open one that it was merged into, when it is reported again", async () => {
    const [slow, fails, spike] = [await open("slow"), await open("call_fails"), await open("usage_spike")];
    await merge(slow, fails);
    await merge(fails, spike);
    expect((await open("slow")).id).toBe(spike.id);
    expect((await open("call_fails")).id).toBe(spike.id);
    await become(spike, "resolved");
    expect([slow.id, fails.id, spike.id]).not.toContain((await open("slow")).id);
  });

  test("in circles, by two people at once or one after the other, ends in one open incident", async () => {
    const trio = [await open("slow"), await open("call_fails"), await open("usage_spike")] as const;
    const [one, two, three] = trio;
    const ended = await Promise.allSettled([merge(one, two), merge(two, three), merge(three, one)]);
    for (const end of ended) if (end.status === "rejected") expect(codeOf(end.reason)).toBe("conflict");
    for (const from of trio)
      for (const into of trio)
        await merge(from, into).catch((reason) => expect(codeOf(reason)).toBe("conflict"));
    const [last, ...others] = await openOnes();
    expect(others).toEqual([]);
    const rows = await store.database.db
      .select()
      .from(incidents)
      .where(eq(incidents.organizationId, acme.id));
    expect(rows.flatMap(({ mergedInto }) => mergedInto ?? [])).toEqual([last?.id, last?.id]);
  });
});
