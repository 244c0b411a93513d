import { expect, test } from "vitest";
import { eventually } from "#lib/testing/eventually.ts";
import { createBodyDesk } from "./body-desk.ts";
import type { MessageBodies, RequestFact } from "./facts.ts";

const bodies: MessageBodies = { request: "secret", response: null, requestBytes: 6, responseBytes: 0 };
const fact = (id: string): RequestFact => ({ id, serverId: "srv_1", bodies }) as RequestFact;

function setUp(factsMax?: number) {
  const passed: RequestFact[] = [];
  const desk = createBodyDesk({
    clean: (_server, said) => ({ ...said, request: "clean" }),
    pass: (each) => passed.push(each),
    ...(factsMax === undefined ? {} : { factsMax }),
  });
  return { desk, passed };
}

test("nothing is redacted while the request is taken, all of it a little later, in its order", async () => {
  const { desk, passed } = setUp();
  for (let n = 0; n < 20; n++) desk.take(fact(String(n)));
  expect(passed).toEqual([]);
  await eventually(() => expect(passed).toHaveLength(20));
  expect(passed.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  expect(new Set(passed.map((each) => each.bodies?.request))).toEqual(new Set(["clean"]));
});

test("when too many wait a request goes on without its bodies, never with bodies that were not redacted", () => {
  const { desk, passed } = setUp(3);
  for (let n = 0; n < 10; n++) desk.take(fact(String(n)));
  expect(passed).toHaveLength(7);
  expect(passed.every((each) => each.bodies === null)).toBe(true);
  expect(desk.unrecorded()).toBe(7);
  desk.finish();
  expect(passed.slice(7).map((each) => each.bodies?.request)).toEqual(["clean", "clean", "clean"]);
  desk.finish();
  expect(passed).toHaveLength(10);
});
