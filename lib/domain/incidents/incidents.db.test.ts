import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { agents, incidentEvents, incidentEvidence, servers } from "#drizzle/schema/index.ts";
import { type CreateIncident, incidentVersion, type Role } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
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
import { etagOf } from "../access/index.ts";
import { diagnoseIncidentWith } from "./diagnose-incident.ts";
import type { Diagnose } from "./diagnose-subject.ts";
import {
  addIncidentNote,
  getIncident,
  getIncidentEvidence,
  listIncidentEvents,
  listIncidents,
  mergeIncident,
  updateIncident,
} from "./index.ts";
import { openIncidentWith } from "./open-incident.ts";

/** What is said when nothing is left to say. */
const found: Diagnose = async (ctx) => {
  const evidence = bareEvidence(ctx.organization.id);
  const evidenceSha256 = createHash("sha256").update(canonicalJson(evidence)).digest("hex");
  return {
    evidence,
    diagnosis: bareDiagnosis({ status: "healthy", headline: "All is well.", evidenceSha256 }),
  };
};
const broken: Diagnose = async () => {
  throw new DomainError("unavailable", "The database is slow.");
};
const openIncident = openIncidentWith(found);

let store: TestDatabase;
let acme: TestOrganization;
let globex: TestOrganization;
const clock = fakeClock();
beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 12 });
});
afterAll(() => store.close());

let turn = 0;
beforeEach(async () => {
  turn += 1;
  acme = await createTestOrganization(store.database, `acme-${turn}`, "Acme");
  globex = await createTestOrganization(store.database, `globex-${turn}`, "Globex");
  for (const [index, { id }] of [acme, globex].entries()) {
    await store.database.db.insert(servers).values({
      organizationId: id,
      id: serverOf(index),
      slug: `support-${turn}-${index}`,
      name: "Support",
      kind: "connected",
      upstreamUrl: "https://mcp.example.com/mcp",
    });
    await store.database.db.insert(agents).values({ organizationId: id, id: agentOf(index), name: "Bot" });
  }
});

const ids = createIdSource();
const named = new Map<string, string>();
const nameOnce = (prefix: "srv" | "agt", index: number): string => {
  const key = `${prefix}-${turn}-${index}`;
  const id = named.get(key) ?? ids.id(prefix);
  named.set(key, id);
  return id;
};
const serverOf = (index: number) => nameOnce("srv", index);
const agentOf = (index: number) => nameOnce("agt", index);

const ctx = (organization: TestOrganization, role: Role = "owner") =>
  testCtx({ ...testSystem({ database: store.database, clock }), ids }, organization, role);
const open = (input: CreateIncident = {}, organization = acme) =>
  openIncident(ctx(organization), {
    server: serverOf(organization === acme ? 0 : 1),
    symptom: "slow",
    ...input,
  });
const eventsOf = async (incident: string) =>
  (await listIncidentEvents(ctx(acme), { incident })).map(({ kind, text }) => `${kind}: ${text}`);

describe("opening", () => {
  test("ten people who report the same at once get one incident, diagnosed, and each report is an event", async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => open()));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    const { data, total } = await listIncidents(ctx(acme), {});
    expect(total).toBe(1);
    expect(data[0]).toMatchObject({ number: 1, diagnosisStatus: "healthy", headline: "All is well." });
    const events = await eventsOf("1");
    expect(events.filter((text) => text.startsWith("opened: Reported again"))).toHaveLength(9);
  });

  test("numbers count up in each organization alone", async () => {
    const first = await open();
    const second = await open({ symptom: "call_fails" });
    const other = await open({}, globex);
    expect([first.number, second.number, other.number]).toEqual([1, 2, 1]);
    expect(second.title).toContain("Tool calls fail: support-");
  });

  test("a diagnosis that fails leaves the incident, pending, and says why; it can be made again", async () => {
    const opened = await openIncidentWith(broken)(ctx(acme), { server: serverOf(0) });
    expect(opened).toMatchObject({ diagnosisStatus: "pending", diagnosis: null, evidence: [] });
    expect(await eventsOf(opened.id)).toContain("diagnosed: The diagnosis failed: The database is slow.");
    await expect(diagnoseIncidentWith(broken)(ctx(acme), { incident: opened.id })).rejects.toMatchObject({
      code: "unavailable",
    });
    const again = await diagnoseIncidentWith(found)(ctx(acme), { incident: opened.id });
    expect(again).toMatchObject({ diagnosisStatus: "healthy", diagnosis: { headline: "All is well." } });
  });

  test("under a key of the caller it is opened once, also when they ask again later", async () => {
    let replays = 0;
    const once = { ...ctx(acme), idempotency: { key: "k1", replayed: () => void replays++ } };
    const asked = { server: serverOf(0), symptom: "slow" } as const;
    const first = await openIncident(once, asked);
    clock.advance(5_000);
    expect((await openIncident(once, asked)).id).toBe(first.id);
    expect(replays).toBe(1);
    expect(await eventsOf(first.id)).toHaveLength(2);
    await expect(openIncident(once, { ...asked, symptom: "call_fails" })).rejects.toMatchObject({
      code: "unprocessable",
    });
  });

  test("names of another organization mean nothing here", async () => {
    await expect(open({ server: serverOf(1) })).rejects.toMatchObject({ code: "not_found" });
    await expect(open({ agent: agentOf(1) })).rejects.toMatchObject({ code: "not_found" });
    await expect(open({ checkId: "chk_nothing" })).rejects.toMatchObject({ code: "not_found" });
    expect((await listIncidents(ctx(acme), {})).total).toBe(0);
  });

  test("it stays readable when its server is deleted meanwhile", async () => {
    const { id } = await open();
    await store.database.db
      .update(servers)
      .set({ deletedAt: new Date() })
      .where(eq(servers.id, serverOf(0)));
    expect(await getIncident(ctx(acme), { incident: id })).toMatchObject({ server: { id: serverOf(0) } });
    expect((await listIncidents(ctx(acme), { server: serverOf(0) })).data).toHaveLength(1);
  });

  test("the saved evidence is the evidence, byte for byte", async () => {
    const { id, evidence } = await open();
    const saved = await getIncidentEvidence(ctx(acme), { incident: id, evidence: evidence[0]?.id ?? "" });
    expect(createHash("sha256").update(canonicalJson(saved)).digest("hex")).toBe(evidence[0]?.sha256);
  });

  test("evidence of the most bytes is kept; of more, the incident says so and stays", async () => {
    const sized =
      (characters: number): Diagnose =>
      async (asking) => ({
        evidence: {
          ...bareEvidence(asking.organization.id),
          budget: {
            ...bareEvidence("").budget,
            calls: {
              status: "collected",
              at: "2026-11-20T14:00:00.000Z",
              durationMs: 1,
              value: {
                lists: 0,
                listsOk: 0,
                calls: 0,
                callsOk: 0,
                lastListAt: null,
                lastCallAt: null,
                unknownTools: Array.from({ length: Math.floor(characters / 100) }, (_, at) =>
                  `${at}`.padEnd(97, "x"),
                ),
              },
            },
          },
        },
        diagnosis: bareDiagnosis(),
      });
    const most = limits.incidents.evidenceBytesMax;
    const kept = await openIncidentWith(sized(most - 10_000))(ctx(acme), { symptom: "slow" });
    expect(kept.diagnosisStatus).toBe("abstained");
    const saved = await getIncidentEvidence(ctx(acme), {
      incident: kept.id,
      evidence: kept.evidence[0]?.id ?? "",
    });
    expect(canonicalJson(saved).length).toBeGreaterThan(most - 20_000);
    const refused = await openIncidentWith(sized(most + 1_000))(ctx(acme), { symptom: "empty_logs" });
    expect(refused.diagnosisStatus).toBe("pending");
  });

  test("an incident keeps a bounded number of diagnoses", async () => {
    const { id } = await open();
    const again = diagnoseIncidentWith(found);
    const { db } = store.database;
    const [made] = await db.select().from(incidentEvidence).where(eq(incidentEvidence.incidentId, id));
    if (!made) throw new Error("the first diagnosis was not kept");
    const more = Array.from({ length: limits.incidents.evidencePerIncidentMax - 2 }, () => ids.id("evd"));
    await db.insert(incidentEvidence).values(more.map((evidence) => ({ ...made, id: evidence })));
    expect((await again(ctx(acme), { incident: id })).evidence).toHaveLength(
      limits.incidents.evidencePerIncidentMax,
    );
    await expect(again(ctx(acme), { incident: id })).rejects.toMatchObject({ code: "limit_reached" });
  });
});

describe("what people decide", () => {
  test("status, owner, severity and verdict change, each with an event, in the order in which they happened", async () => {
    const { id } = await open();
    const ada = acme.users.developer.id;
    clock.advance(1_000);
    await updateIncident(ctx(acme), { incident: id, status: "investigating", ownerId: ada });
    clock.advance(1_000);
    await updateIncident(ctx(acme), {
      incident: "1",
      override: { verdict: "growth", note: "A campaign began." },
    });
    clock.advance(1_000);
    await updateIncident(ctx(acme), { incident: id, status: "resolved", resolution: "Scaled up." });
    clock.advance(1_000);
    const opened = await updateIncident(ctx(acme), { incident: id, status: "open", severity: "critical" });
    expect(opened).toMatchObject({
      status: "open",
      severity: "critical",
      owner: { id: ada, name: acme.users.developer.name },
      override: { verdict: "growth", note: "A campaign began.", by: { name: acme.users.owner.name } },
      resolvedAt: null,
      resolution: null,
    });
    expect((await eventsOf(id)).slice(-6)).toEqual([
      "status: Status: investigating.",
      `owner: Owner: ${acme.users.developer.name}.`,
      "override: Verdict by hand: growth. A campaign began.",
      "resolved: Resolved: Scaled up.",
      "status: Opened again.",
      "severity: Severity: warning → critical.",
    ]);
    expect((await updateIncident(ctx(acme), { incident: id, override: null })).override).toBeNull();
  });

  test("an owner is a member, and a resolution comes with the end", async () => {
    const { id } = await open();
    for (const change of [{ ownerId: globex.users.owner.id }, { ownerId: "usr_1" }, { resolution: "Done" }])
      await expect(updateIncident(ctx(acme), { incident: id, ...change })).rejects.toMatchObject({
        code: "invalid_input",
      });
  });

  test("what is over is reported anew, and then not opened again beside it", async () => {
    const first = await open();
    await updateIncident(ctx(acme), { incident: first.id, status: "resolved" });
    const second = await open();
    expect(second.id).not.toBe(first.id);
    await expect(updateIncident(ctx(acme), { incident: first.id, status: "open" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("a change that is based on an old reading is refused", async () => {
    const { id } = await open();
    await expect(
      updateIncident({ ...ctx(acme), ifMatch: ['"older"'] }, { incident: id, title: "Mine" }),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    await updateIncident(ctx(acme), { incident: id, override: { verdict: "growth", note: "Known." } });
    const etag = etagOf(incidentVersion(await getIncident(ctx(acme), { incident: id })));
    const renamed = await updateIncident({ ...ctx(acme), ifMatch: [etag] }, { incident: id, title: "Mine" });
    expect(renamed.title).toBe("Mine");
  });

  test("one that is merged ends in the other one; its events stay and it does not change again", async () => {
    const first = await open();
    const second = await open({ symptom: "call_fails" });
    await addIncidentNote(ctx(acme), { incident: first.id, text: "Began at noon.", stage: "logs" });
    const target = await mergeIncident(ctx(acme), { incident: first.id, into: String(second.number) });
    expect(target.id).toBe(second.id);
    expect(await getIncident(ctx(acme), { incident: first.id })).toMatchObject({
      status: "merged",
      mergedInto: { id: second.id, number: 2 },
    });
    expect(await eventsOf(first.id)).toContain("note: Began at noon.");
    expect((await eventsOf(second.id)).at(-1)).toMatch(/^merged: #1 .* was merged into this one\.$/);
    await expect(mergeIncident(ctx(acme), { incident: first.id, into: second.id })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(updateIncident(ctx(acme), { incident: first.id, status: "open" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(mergeIncident(ctx(acme), { incident: second.id, into: second.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("a full incident takes no more notes, and says so", async () => {
    const { id } = await open();
    const { db } = store.database;
    await db.insert(incidentEvents).values(
      Array.from({ length: limits.incidents.eventsPerIncidentMax }, () => ({
        organizationId: acme.id,
        id: ids.id("iev"),
        incidentId: id,
        kind: "recheck",
        at: new Date(),
        text: "Green.",
      })),
    );
    await expect(addIncidentNote(ctx(acme), { incident: id, text: "More" })).rejects.toMatchObject({
      code: "limit_reached",
    });
  });
});

describe("who may", () => {
  test("a stranger's incident is the 404 of a missing one", async () => {
    const { id } = await open();
    const missing = { code: "not_found", message: "There is no such incident, or you may not see it." };
    for (const incident of [id, ids.id("inc"), "99", "0", "1e3", "99999999999999999999", "x"]) {
      await expect(getIncident(ctx(globex), { incident })).rejects.toMatchObject(missing);
      await expect(addIncidentNote(ctx(globex), { incident, text: "Hi" })).rejects.toMatchObject(missing);
    }
    const own = await open({}, globex);
    await expect(mergeIncident(ctx(globex), { incident: own.id, into: id })).rejects.toMatchObject(missing);
  });

  test("a viewer reads and does not write", async () => {
    const { id } = await open();
    expect(await getIncident(ctx(acme, "viewer"), { incident: id })).toMatchObject({ id });
    await expect(addIncidentNote(ctx(acme, "viewer"), { incident: id, text: "Hi" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("who may not see billing sees no amount, neither in the list nor in diagnosis, events or evidence", async () => {
    const ref = { kind: "ledger", id: "tx_1", label: "$12.34 spent", at: null, path: null } as const;
    const costly: Diagnose = async (asking) => ({
      evidence: {
        ...bareEvidence(asking.organization.id),
        billing: {
          ...bareEvidence("").billing,
          late: {
            status: "collected",
            at: "2026-11-20T14:00:00.000Z",
            durationMs: 1,
            value: { count: 3, micros: "12340000" },
          },
        },
      },
      diagnosis: bareDiagnosis({
        status: "fault",
        headline: "Credits ran out: $12.34 spent.",
        verdict: {
          code: "credits_exhausted",
          sentence: "Credits ran out: $12.34 spent.",
          hop: "ledger",
          confidence: "certain",
          checks: ["billing.balance"],
          evidence: [ref],
          fix: [],
          actions: [],
        },
        stages: [
          {
            stage: "usage_billing",
            status: "fail",
            checks: [
              {
                id: "billing.balance",
                stage: "usage_billing",
                title: "Balance",
                status: "fail",
                lookedAt: "The balance",
                finding: "$12.34 spent",
                evidence: [ref],
                supports: ["credits_exhausted"],
                rulesOut: [],
                fix: ["Add $12.34"],
              },
            ],
          },
        ],
      }),
    });
    const { id, headline, evidence } = await openIncidentWith(costly)(ctx(acme), { symptom: "credits_drop" });
    expect(headline).toContain("$12.34");
    const asked = { incident: id, evidence: evidence[0]?.id ?? "" };
    const viewer = ctx(acme, "viewer");
    const seen = JSON.stringify([
      await getIncident(viewer, { incident: id }),
      await listIncidents(viewer, {}),
      await listIncidentEvents(viewer, { incident: id }),
      await getIncidentEvidence(viewer, asked),
    ]);
    expect(seen).not.toMatch(/12\.34|1234|tx_1/);
    expect(seen).toContain("You may not see billing.");
    expect(JSON.stringify(await getIncidentEvidence(ctx(acme, "admin"), asked))).toContain("12340000");
  });
});
