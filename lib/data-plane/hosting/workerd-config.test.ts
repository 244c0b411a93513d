import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workerdConfig } from "./workerd-config.ts";

const sockets = { tenant: "/run/t", health: "/run/h", collector: "/run/c", egress: "/run/e" };
const config = (overrides: Partial<Parameters<typeof workerdConfig>[0]> = {}) =>
  workerdConfig({
    modules: [{ name: "main.js", kind: "esModule", file: "m0" }],
    environment: {},
    heapMiBMax: 128,
    sockets,
    ...overrides,
  });

describe("workerdConfig", () => {
  it("gives the tenant the egress socket as its only network, and replaces the default network by none", () => {
    const text = config();
    expect(text).toContain('globalOutbound = "egress"');
    expect(text).toContain('(name = "internet", network = (allow = []))');
    expect(text).not.toMatch(/allow = \[[^\]]/);
  });

  it("names environment variables and never contains their values", () => {
    expect(config({ environment: { API_KEY: "T0" } })).toContain(
      '(name = "API_KEY", fromEnvironment = "T0")',
    );
  });

  it("cannot be broken out of by any name: quotes stay inside their literal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (name) => {
        const isPrintable = /^[\x20-\x7e]*$/.test(name);
        const build = () => config({ environment: { [name]: "T0" } });
        if (!isPrintable) return void expect(build).toThrow(RangeError);
        const line = build()
          .split("\n")
          .find((candidate) => candidate.includes('fromEnvironment = "T0"'));
        const literal = /^ {8}\(name = ("(?:[^"\\]|\\["\\])*"), fromEnvironment = "T0"\),$/.exec(
          line ?? "",
        )?.[1];
        expect(JSON.parse(literal ?? "null")).toBe(name);
      }),
    );
  });

  it("refuses what is not printable ASCII", () => {
    expect(() => config({ environment: { "A\nB": "T0" } })).toThrow(RangeError);
    expect(() => config({ environment: { Ä: "T0" } })).toThrow(RangeError);
  });
});
