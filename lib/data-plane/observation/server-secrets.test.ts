import { expect, test } from "vitest";
import { secretsOf } from "./server-secrets.ts";

const secretsIn = (environment: Record<string, string>): string[] =>
  secretsOf({ environment, upstreamHeaders: {} });

test("where something lives is no secret: origins, the paths of APIs, and host names", () => {
  for (const address of [
    "http://tickets.internal",
    "http://tickets.internal/",
    "http://tickets:8080",
    "https://API.example.com/api/v2",
    "redis://cache_1.internal:6379",
    "http://[::1]:3000",
    "tickets.internal",
    "tickets.internal:8443",
    "localhost:5432",
    "10.20.30.40",
  ]) {
    expect(secretsIn({ TICKETS: address }), address).toEqual([]);
  }
});

test("an address with credentials, a path or a query, and what only looks like a host name, stay secrets", () => {
  for (const secret of [
    "https://hooks.example.com/services/T000/B000/x1y2z3",
    "https://tickets.internal?key=1",
    "https://tickets.internal#part",
    "https://token@tickets.internal",
    "eyJhbGciOi.eyJzdWIi.c2ln",
    "SG.abc.def",
    "hunter2-hunter2",
    "a1b2c3d4.e5f60718",
    "admin:12345",
  ]) {
    expect(secretsIn({ VALUE: secret }), secret).toContain(secret);
  }
});

test("a name that promises a secret makes one of any value", () => {
  expect(secretsIn({ API_KEY: "horse.battery" })).toEqual(["horse.battery"]);
  expect(secretsIn({ DB_PASS: "http://staple.correct" })).toEqual(["http://staple.correct"]);
});

test("what a server uses of a value is secret too: the token of a header, the password of an address", () => {
  expect(
    secretsOf({ environment: {}, upstreamHeaders: { Authorization: "Bearer quiet-river-stone" } }),
  ).toEqual(["Bearer quiet-river-stone", "quiet-river-stone"]);
  expect(secretsIn({ DATABASE_URL: "postgres://app:quiet%2Friver@db.internal/app" })).toEqual(
    expect.arrayContaining(["quiet%2Friver", "quiet/river"]),
  );
  expect(secretsIn({ DATABASE_URL: "postgres://app:100%@db.internal/app" })).toContain("100%");
});
