import { count } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditLog } from "#drizzle/schema/index.ts";
import { type Problem, ROLES, type Role, SCOPES, type Scope } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import { type System, scopesOfRole } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  bearer,
  type Credentials,
  createTestOrganization,
  insertTenantRows,
  type PathValues,
  ROW_PARAMETERS,
  signedIn,
  type TestDatabase,
  type TestOrganization,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { isRawBody, type Route } from "./define-route.ts";
import { routes } from "./routes/index.ts";

/** Every route of the registry × every kind of caller. A new route is walked from the day it is registered. */
const READ_ONLY = SCOPES.filter((scope) => scope.endsWith(":read"));
const CALLERS = ["anonymous", ...ROLES, "read-only token", "stranger"] as const;
type Caller = (typeof CALLERS)[number];
const ids = createIdSource();

let store: TestDatabase;
let api: ReturnType<typeof testApi>;
/** For calls that change nothing: they all see the same rows. */
let unchanged: World;
beforeAll(async () => {
  store = await testDatabase();
  const system = { ...testSystem({ database: store.database, doors: distantDoors() }), ids };
  api = testApi(system, routes, { requestsPerActorMax: 1e9, requestsPerAddressMax: 1e9 });
  unchanged = await newWorld();
});
afterAll(() => store.close());

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  "%s",
  (_name, route) => {
    test("says how it is called", () => {
      expect(unexplained(route), "give the route an `example`, or the fixture a path value").toEqual([]);
    });

    test("answers each kind of caller as the access rules say", async () => {
      const { own, rows, credentials } = route.method === "GET" ? unchanged : await newWorld();
      const path = pathOf(route, rows);
      const allowed = CALLERS.filter((caller) => expectedOf(route, caller) === "allowed");
      const refused = CALLERS.filter((caller) => !allowed.includes(caller));
      const recordsBefore = await auditRecords();
      for (const caller of refused) {
        const answer = await send(route, path, credentials[caller]);
        expect([caller, answer.status]).toEqual([caller, expectedOf(route, caller)]);
      }
      expect(await auditRecords(), "a refused call changes nothing").toBe(recordsBefore);
      for (const caller of allowed) {
        const { status, body } = await send(route, path, credentials[caller]);
        expect(status, `${caller} in ${own.slug}: ${JSON.stringify(body)}`).not.toBe(500);
        expect(status, `${caller}: ${JSON.stringify(body)}`).not.toBe(401);
        const mayBeForbidden = route.access === "public" || route.access === "authenticated";
        if (!mayBeForbidden) expect(status, `${caller}: ${JSON.stringify(body)}`).not.toBe(403);
      }
    });

    const named = Object.entries(ROW_PARAMETERS).filter(([name]) => route.path.includes(`{${name}}`));
    if (named.length === 0) return;
    test("a stranger's row is the same 404 as a missing one", async () => {
      const { credentials, rows, foreignRows } = unchanged;
      for (const [name, prefix] of named) {
        const seen = async (value: string) => {
          const path = pathOf(route, { ...rows, [name]: value });
          const { status, body } = await send(route, path, credentials.owner);
          const { requestId: _id, instance: _path, ...problem } = body as Problem;
          return {
            status,
            problem: JSON.parse(JSON.stringify(problem).replaceAll(value, "{value}")) as unknown,
          };
        };
        const missing = await seen(ids.id(prefix));
        expect(missing, name).toMatchObject({ status: 404, problem: { code: "not_found" } });
        expect(await seen(foreignRows[name] ?? ""), name).toEqual(missing);
        expect(await seen("no-such-thing"), name).toEqual(missing);
        expect(await seen("'; drop table users; --"), name).toEqual(missing);
      }
    });
  },
);

/** The status a refused caller gets, or "allowed". */
function expectedOf(route: Route, caller: Caller): "allowed" | 401 | 403 | 404 {
  if (route.access === "public") return "allowed";
  if (caller === "anonymous") return 401;
  if (route.access === "authenticated") return "allowed";
  if (caller === "stranger") return 404;
  const scopes: ReadonlySet<Scope> =
    caller === "read-only token" ? new Set(READ_ONLY) : scopesOfRole(caller as Role);
  return scopes.has(route.access) ? "allowed" : 403;
}

/** What a route does not explain about calling it: path values, required query parameters, a body. */
function unexplained(route: Route): string[] {
  const missing = [...route.path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = ""]) => name)
    .filter(
      (name) =>
        !(name in ROW_PARAMETERS) && !["org", "tool"].includes(name) && !route.example?.params?.[name],
    );
  if (route.query && !route.query.safeParse(route.example?.query ?? {}).success) missing.push("query");
  if (route.body && !route.bodyOptional && route.example?.body === undefined) missing.push("body");
  if (route.body && !isRawBody(route.body) && route.example?.body !== undefined) {
    if (!route.body.safeParse(route.example.body).success) missing.push("a body that its own schema accepts");
  }
  return missing;
}

type World = Awaited<ReturnType<typeof newWorld>>;

/** Two fresh organizations with a row of everything, and everybody who may come. */
async function newWorld() {
  const suffix = ids
    .secret(9)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "0");
  const own = await createTestOrganization(store.database, `own-${suffix}`, "Own");
  const other = await createTestOrganization(store.database, `other-${suffix}`, "Other");
  return {
    own,
    rows: await insertTenantRows(store.database, own),
    foreignRows: await insertTenantRows(store.database, other),
    credentials: await credentialsOf(own, other),
  };
}

async function credentialsOf(
  own: TestOrganization,
  other: TestOrganization,
): Promise<Record<Caller, Credentials>> {
  return {
    anonymous: {},
    owner: await signedIn(own, "owner"),
    admin: await signedIn(own, "admin"),
    developer: await signedIn(own, "developer"),
    viewer: await signedIn(own, "viewer"),
    "read-only token": await bearer(api.system, own, READ_ONLY),
    stranger: await signedIn(other, "owner"),
  };
}

const pathOf = ({ path, example }: Route, rows: PathValues): string =>
  path.replace(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(rows[name] ?? example?.params?.[name] ?? ""),
  );

function send(route: Route, path: string, as: Credentials) {
  const { example, body } = route;
  const isRaw = body !== undefined && isRawBody(body);
  return api.call(route.method, path, {
    as,
    ...(example?.query ? { query: example.query } : {}),
    ...(body && example?.body !== undefined ? { body: example.body } : {}),
    headers: {
      ...(isRaw ? { "content-type": body.raw[0] } : {}),
      ...(route.idempotency ? { "idempotency-key": ids.uuid() } : {}),
    },
  });
}

async function auditRecords(): Promise<number> {
  const [row] = await store.database.db.select({ count: count() }).from(auditLog);
  return row?.count ?? 0;
}

/** The data plane is away: handlers meet an honest `unavailable`, never a success that did not happen. */
function distantDoors(): Partial<System["doors"]> {
  const away = async (): Promise<never> => {
    throw new DomainError("unavailable", "The data plane is away.");
  };
  return {
    runtime: {
      startTrials: away,
      refresh: away,
      drain: away,
      restart: away,
      status: away,
      hostingCheck: away,
      crashes: away,
      startWaits: away,
      logStream: away,
    },
    internalMcp: (slug) => ({ url: `http://127.0.0.1:9/mcp/${slug}`, headers: {} }),
    ...createSealedBox(new Uint8Array(32)),
  };
}
