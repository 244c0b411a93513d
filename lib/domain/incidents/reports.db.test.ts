import { eq } from "drizzle-orm";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accessKeys, agents, incidentShares, servers, users } from "#drizzle/schema/index.ts";
import { type Diagnosis, IncidentReport, type Role, type Scope } from "#lib/contract/index.ts";
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
import {
  addIncidentNote,
  createIncidentShare,
  exportIncident,
  getIncident,
  getIncidentEvidence,
  getIncidentTimeline,
  getSharedReport,
  listIncidentEvents,
  listIncidentShares,
  revokeIncidentShare,
  takeIncidentAction,
  updateIncident,
} from "./index.ts";
import { openIncidentWith } from "./open-incident.ts";

const SECRETS = [
  "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  "AKIAIOSFODNN7EXAMPLE",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jEBSJtJp0Q8yGHqYzYh0b3z9k1aXh2k",
  "postgres://app:hunter2hunter2@db.internal/app",
];
const HOSTILE = "x](javascript:alert(1)) <script>alert(1)</script> | `a`\n# b \u202etxt";
const PLANTED = `${HOSTILE} ${SECRETS.join(" ")} ada@example.com $1,234.50`;

/** Every text that strangers have a hand in holds secrets, markup and an address. */
const planted: Diagnosis = (() => {
  const ref = { kind: "request", id: "req_1", label: PLANTED, at: null, path: "/requests/req_1" } as const;
  const verdict = {
    code: "upstream_auth",
    sentence: PLANTED,
    hop: "upstream",
    confidence: "certain",
    checks: ["upstream"],
    evidence: [ref],
    fix: [PLANTED],
    actions: [{ action: "run_smoke", targetId: "srv_1", label: PLANTED }],
  } as const;
  return bareDiagnosis({
    status: "fault",
    headline: PLANTED,
    verdict: {
      ...verdict,
      checks: ["upstream"],
      evidence: [ref],
      fix: [PLANTED],
      actions: [...verdict.actions],
    },
    alternatives: [],
    missing: [{ part: "logs.errors", why: PLANTED, how: PLANTED }],
    stages: [
      {
        stage: "logs",
        status: "fail",
        checks: [
          {
            id: "upstream",
            stage: "logs",
            title: "Upstream",
            status: "fail",
            lookedAt: PLANTED,
            finding: PLANTED,
            evidence: [ref],
            supports: ["upstream_auth"],
            rulesOut: [],
            fix: [PLANTED],
          },
        ],
      },
    ],
  });
})();

const ids = createIdSource();
const clock = fakeClock();
let store: TestDatabase;
let acme: TestOrganization;
let globex: TestOrganization;
let serverId: string;
let agentId: string;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store.close());
let turn = 0;
beforeEach(async () => {
  turn += 1;
  acme = await createTestOrganization(store.database, `acme-${turn}`, "Acme");
  globex = await createTestOrganization(store.database, `globex-${turn}`, "Globex");
  serverId = ids.id("srv");
  agentId = ids.id("agt");
  const own = { organizationId: acme.id, name: HOSTILE.slice(0, 60) };
  await store.database.db.insert(servers).values({
    ...own,
    id: serverId,
    slug: `support-${turn}`,
    kind: "connected",
    upstreamUrl: "https://mcp.example.com/mcp",
  });
  await store.database.db.insert(agents).values({ ...own, id: agentId, monthlyCapMicros: 10_000_000n });
});

const system = () => ({
  ...testSystem({
    database: store.database,
    clock,
    doors: { runtime: { refresh: async () => undefined } },
  }),
  ids,
});
const ctx = (role: Role = "owner", organization = acme) => testCtx(system(), organization, role);
const open = async () => {
  const found = openIncidentWith(async (asking) => ({
    evidence: bareEvidence(asking.organization.id),
    diagnosis: planted,
  }));
  const asked = { server: serverId, agent: agentId, tool: PLANTED.slice(0, 200), title: "Search fails" };
  const { id } = await found(ctx(), asked);
  await updateIncident(ctx(), { incident: id, title: PLANTED.slice(0, 200), ownerId: acme.users.owner.id });
  await addIncidentNote(ctx(), { incident: id, text: PLANTED });
  await updateIncident(ctx(), { incident: id, override: { verdict: "other", note: PLANTED } });
  await updateIncident(ctx(), { incident: id, status: "resolved", resolution: PLANTED });
  return id;
};

const textOf = (content: string | Uint8Array): string =>
  typeof content === "string" ? content : new TextDecoder().decode(content);

describe("a report", () => {
  test("shows no secret, whatever text it was planted in, in any format", async () => {
    const incident = await open();
    const markdown = textOf((await exportIncident(ctx(), { incident })).content);
    const json = textOf((await exportIncident(ctx(), { incident, format: "json" })).content);
    const { content } = await exportIncident(ctx(), { incident, format: "zip" });
    const files = unzipSync(content as Uint8Array);
    expect(Object.keys(files).sort()).toEqual([
      "diagnosis.json",
      "evidence.json",
      "report.md",
      "timeline.csv",
    ]);
    const shown = [markdown, json, ...Object.values(files).map(textOf)].join("\n");
    for (const secret of [...SECRETS, "hunter2hunter2"]) {
      expect(shown).not.toContain(secret);
      expect(shown.replaceAll("\\", "")).not.toContain(secret);
    }
    expect(shown).toContain("redacted");
    expect(IncidentReport.parse(JSON.parse(json)).diagnosis?.verdict?.code).toBe("upstream_auth");
  });

  test("is Markdown in which text of strangers is nothing but text", async () => {
    const markdown = textOf((await exportIncident(ctx(), { incident: await open() })).content);
    expect(markdown).not.toMatch(/(?<!\\)[<\]`](?:javascript|script|\(|a`)/);
    expect(markdown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
    expect(markdown.match(/^#+ .*/gm)?.filter((heading) => /^#+ b\b/.test(heading))).toEqual([]);
    // Every row of a table has the cells of its head.
    for (const block of markdown.split("\n\n").filter((part) => part.startsWith("|"))) {
      const cells = block.split("\n").map((line) => line.replaceAll("\\|", "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  test("of an incident without a diagnosis says that there is none", async () => {
    const failing = openIncidentWith(async () => {
      throw new DomainError("unavailable", "Away.");
    });
    const { id } = await failing(ctx(), { server: serverId });
    const { content } = await exportIncident(ctx(), { incident: id, format: "zip" });
    expect(Object.keys(unzipSync(content as Uint8Array)).sort()).toEqual(["report.md", "timeline.csv"]);
    expect(textOf((await exportIncident(ctx(), { incident: id })).content)).toContain("There is none yet.");
  });

  test("its timeline needs logs:read, and has no ledger without billing:read", async () => {
    const incident = await open();
    const viewer = ctx("viewer");
    expect(
      (await getIncidentTimeline(viewer, { incident })).marks.filter(({ lane }) => lane === "ledger"),
    ).toEqual([]);
    await expect(
      getIncidentTimeline({ ...viewer, scopes: new Set(["incidents:read"]) }, { incident }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  test("its evidence, which holds rows of logs, needs logs:read as well", async () => {
    const incident = await open();
    const few = { ...ctx("viewer"), scopes: new Set<Scope>(["incidents:read"]) };
    const [{ id: evidence = "" } = {}] = (await getIncident(few, { incident })).evidence;
    await getIncidentEvidence(ctx("viewer"), { incident, evidence });
    await expect(getIncidentEvidence(few, { incident, evidence })).rejects.toMatchObject({
      code: "forbidden",
    });
    const filesFor = async (asking: typeof few) =>
      Object.keys(
        unzipSync((await exportIncident(asking, { incident, format: "zip" })).content as Uint8Array),
      );
    expect(await filesFor(ctx("viewer") as typeof few)).toContain("evidence.json");
    expect(await filesFor(few)).not.toContain("evidence.json");
  });
});

describe("a link to a report", () => {
  const tokenOf = (url: string): string => url.split("/").at(-1) ?? "";

  test("shows it without an account, and no secret, amount, address, id of a person or link", async () => {
    const incident = await open();
    const { url } = await createIncidentShare(ctx(), { incident });
    const shared = await getSharedReport(system(), tokenOf(url));
    const shown = JSON.stringify(shared);
    for (const secret of [
      ...SECRETS,
      "ada@example.com",
      "1,234.50",
      acme.users.owner.id,
      acme.users.owner.email,
    ])
      expect(shown).not.toContain(secret);
    expect(shared.report.diagnosis?.verdict?.evidence[0]?.path).toBeNull();
    expect(shared.report.timeline).toBeNull();
    expect(shared.markdown).toContain("# Incident 1");
  });

  test("ends when it expires and when it is revoked; then it is the same 404 as one that never was", async () => {
    const incident = await open();
    const short = await createIncidentShare(ctx(), { incident, expiresInMs: 60_000 });
    const long = await createIncidentShare(ctx(), { incident });
    const gone = { code: "not_found", message: "There is no such shared report, or you may not see it." };
    await expect(getSharedReport(system(), ids.secret(32))).rejects.toMatchObject(gone);
    await expect(getSharedReport(system(), "'; drop table users; --")).rejects.toMatchObject(gone);
    clock.advance(60_000);
    await expect(getSharedReport(system(), tokenOf(short.url))).rejects.toMatchObject(gone);
    await getSharedReport(system(), tokenOf(long.url));
    await expect(
      revokeIncidentShare(ctx("owner", globex), { incident, share: long.id }),
    ).rejects.toMatchObject({ code: "not_found" });
    await revokeIncidentShare(ctx(), { incident, share: long.id });
    await revokeIncidentShare(ctx(), { incident, share: long.id });
    await expect(getSharedReport(system(), tokenOf(long.url))).rejects.toMatchObject(gone);
    const shares = await listIncidentShares(ctx("viewer"), { incident });
    expect(shares.map(({ revokedAt }) => revokedAt !== null)).toEqual([true, false]);
    expect(JSON.stringify(shares)).not.toContain(tokenOf(long.url));
    const [row] = await store.database.db.select().from(incidentShares).where(eq(incidentShares.id, long.id));
    expect(row?.tokenHash).not.toContain(tokenOf(long.url));
  });

  test("there is a bounded number that work", async () => {
    const incident = await open();
    for (let made = 0; made < limits.incidents.sharesPerIncidentMax; made++)
      await createIncidentShare(ctx(), { incident });
    await expect(createIncidentShare(ctx(), { incident })).rejects.toMatchObject({ code: "limit_reached" });
  });
});

describe("an action", () => {
  const events = async (incident: string) =>
    (await listIncidentEvents(ctx(), { incident })).filter(({ kind }) => kind === "action");

  test("is done by the verb it stands for, and written down", async () => {
    const incident = await open();
    const act = (action: "pause_agent" | "resume_agent") =>
      takeIncidentAction(ctx(), { incident, action, targetId: agentId });
    expect(await act("pause_agent")).toMatchObject({ status: "done", secret: null });
    expect(await act("resume_agent")).toMatchObject({ status: "done" });
    const raise = (capMicros?: string) =>
      takeIncidentAction(ctx(), {
        incident,
        action: "raise_budget",
        targetId: agentId,
        ...(capMicros && { capMicros }),
      });
    expect((await raise("25000000")).message).toContain("$25.00");
    for (const cap of [undefined, "1", "-5", "1e9"])
      await expect(raise(cap)).rejects.toMatchObject({ code: "invalid_input" });
    expect(await events(incident)).toHaveLength(7);
  });

  test("that the caller may not do is forbidden, and written down", async () => {
    const incident = await open();
    await expect(
      takeIncidentAction(ctx("developer"), { incident, action: "pause_agent", targetId: agentId }),
    ).rejects.toMatchObject({ code: "forbidden" });
    expect((await events(incident))[0]?.text).toContain(
      "Tried to pause agent: This needs the scope agents:write",
    );
  });

  test("that fails is an answer", async () => {
    const incident = await open();
    const hosted = { kind: "hosted", upstreamUrl: null };
    await store.database.db.update(servers).set(hosted).where(eq(servers.id, serverId));
    expect(
      await takeIncidentAction(ctx(), { incident, action: "restart", targetId: serverId }),
    ).toMatchObject({ status: "failed", path: null });
  });

  test("reaches the subject of the incident and nothing else", async () => {
    const incident = await open();
    const other = ids.id("agt");
    const foreign = ids.id("agt");
    await store.database.db.insert(agents).values([
      { organizationId: acme.id, id: other, name: "Other" },
      { organizationId: globex.id, id: foreign, name: "Foreign" },
    ]);
    for (const targetId of [other, foreign, "nobody"])
      await expect(
        takeIncidentAction(ctx(), { incident, action: "pause_agent", targetId }),
      ).rejects.toMatchObject({ code: "not_found" });
  });

  test("rotates a key of the agent, once under a key of the caller; its secret is in the answer and in no event", async () => {
    const incident = await open();
    const key = ids.id("key");
    await store.database.db.insert(accessKeys).values({
      organizationId: acme.id,
      id: key,
      agentId,
      name: "Production",
      prefix: "mcpstack_ak_abcd",
      hash: key,
    });
    const asked = { incident, action: "rotate_key", targetId: key } as const;
    let replays = 0;
    const once = { ...ctx(), idempotency: { key: "k1", replayed: () => void replays++ } };
    const first = await takeIncidentAction(once, asked);
    const again = await takeIncidentAction(once, asked);
    expect(first.secret).toMatch(/^mcpstack_/);
    expect(again.secret).toBe(first.secret);
    expect(replays).toBe(1);
    const written = await events(incident);
    expect(written).toHaveLength(1);
    expect(JSON.stringify(written)).not.toContain(first.secret);
    const rows = await store.database.db.select().from(accessKeys).where(eq(accessKeys.agentId, agentId));
    expect(rows).toHaveLength(2);
  });
});

test("whose account is gone stays readable", async () => {
  const incident = await open();
  await store.database.db.update(users).set({ name: "Gone" }).where(eq(users.id, acme.users.owner.id));
  expect(textOf((await exportIncident(ctx("viewer"), { incident })).content)).toContain("Gone");
});
