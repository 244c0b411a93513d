import { expect, test } from "vitest";
import { ROLES, SCOPES, type Scope } from "#lib/contract/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { everyVerb } from "#lib/testing/every-verb.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { type Ctx, scopesOfRole } from "./index.ts";

/** Whatever a verb touches before it knows that it may, it touches here, and the test sees it. */
const untouchable = <Value>(name: string): Value =>
  new Proxy(
    {},
    {
      get: (_target, key) => {
        throw new Error(`touched ${name}.${String(key)}`);
      },
    },
  ) as Value;

const ctxWith = (scopes: ReadonlySet<Scope>): Ctx => ({
  database: untouchable("database"),
  doors: untouchable("doors"),
  clock: systemClock,
  ids: createIdSource(),
  log: recordingLog(),
  actor: { kind: "user", userId: "usr_1", name: "Ada", email: "ada@example.com" },
  organization: { id: "org_1", slug: "acme" },
  role: null,
  scopes,
  requestId: "req_1",
});

const verbs = await everyVerb();

test("the verbs are found", () => {
  expect([...verbs.keys()]).toEqual(
    expect.arrayContaining([
      "organizations.getOrganization",
      "api-tokens.createApiToken",
      "servers.createServer",
    ]),
  );
});

test("no two verbs have the same name: it is what the audit log shows", () => {
  const names = [...verbs.values()].map(({ spec }) => spec.name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z]+\.[a-zA-Z]+$/);
});

test.each([...verbs])(
  "%s refuses everybody without its scope, before it touches anything",
  async (_name, verb) => {
    const others = new Set(SCOPES.filter((scope) => scope !== verb.spec.scope));
    for (const scopes of [others, new Set<Scope>(), ...ROLES.map(scopesOfRole)]) {
      if (scopes.has(verb.spec.scope)) continue;
      await expect(verb(ctxWith(scopes), {})).rejects.toMatchObject({ code: "forbidden" });
    }
  },
);

test.each([...verbs])("%s refuses an input that is none, before it touches anything", async (_name, verb) => {
  for (const input of [null, "text", 7, []]) {
    await expect(verb(ctxWith(new Set([verb.spec.scope])), input)).rejects.toMatchObject({
      code: "invalid_input",
    });
  }
});

test("a command is never allowed by a read scope", () => {
  for (const [name, { spec }] of verbs) {
    if (spec.kind === "command") expect(spec.scope, name).not.toMatch(/:read$/);
  }
});
