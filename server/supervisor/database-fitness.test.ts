import { expect, it } from "vitest";
import { type DatabaseFacts, unfitness } from "./database-fitness.ts";

const fit: DatabaseFacts = {
  version: "15.2",
  number: 150_002,
  user: "App",
  quoted_user: '"App"',
  quoted_database: "tools",
  standby: false,
  read_only: false,
  may_create: true,
};

it("takes a database that is new enough and lets our user write", () => {
  expect(unfitness(fit)).toBeNull();
});

it("says of every other one what is wrong and what to do", () => {
  expect(unfitness({ ...fit, version: "14.9", number: 140_009 })).toBe(
    "is PostgreSQL 14.9; 15 or newer is needed.",
  );
  // A replica is read-only as well: what to do is another thing.
  expect(unfitness({ ...fit, standby: true, read_only: true })).toMatch(/is a replica.*primary/);
  expect(unfitness({ ...fit, read_only: true })).toMatch(/is read-only.*Make it writable/);
  expect(unfitness({ ...fit, may_create: false })).toMatch(
    /user App .*ALTER DATABASE tools OWNER TO "App";$/,
  );
});
